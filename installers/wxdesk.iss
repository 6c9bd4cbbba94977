; Inno Setup 6: an installer of dist\wxdesk for the one who runs it, without administrator's rights. Never run so far.
;     iscc /DVersion=0.2.0 installers\wxdesk.iss
#ifndef Version
  #error Say which version: iscc /DVersion=…
#endif

[Setup]
AppId=wxdesk.wxdesk
AppName=wxdesk
AppVersion={#Version}
DefaultDirName={autopf}\wxdesk
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
SourceDir=..
OutputDir=dist
OutputBaseFilename=wxdesk-{#Version}-setup
Compression=lzma2
SolidCompression=yes
CloseApplications=yes
UninstallDisplayIcon={app}\wxdeskw.exe

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[Files]
Source: "dist\wxdesk\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{autoprograms}\wxdesk"; Filename: "{app}\wxdeskw.exe"; AppUserModelID: "wxdesk.wxdesk"

[Code]
procedure CurUninstallStepChanged(Step: TUninstallStep);
begin
  if (Step = usPostUninstall) and DirExists(ExpandConstant('{localappdata}\wxdesk')) and
     (MsgBox('Remove messages, settings and logs, too?', mbConfirmation, MB_YESNO or MB_DEFBUTTON2) = IDYES) then
    DelTree(ExpandConstant('{localappdata}\wxdesk'), True, True, True);
  if Step = usPostUninstall then
    RegDeleteValue(HKCU, 'Software\Microsoft\Windows\CurrentVersion\Run', 'wxdesk');
end;

[Run]
Filename: "{app}\wxdeskw.exe"; Flags: nowait postinstall

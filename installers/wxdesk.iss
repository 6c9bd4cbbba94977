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
function Said(English, Chinese: String): String;
begin
  if (GetUILanguage and $3FF) = $04 then Result := Chinese else Result := English;
end;

// While the program is still there, which knows its files and its entries in the system's keychain. Never without a
// question, so never in a silent uninstallation.
procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Code: Integer;
begin
  if Step <> usUninstall then
    exit;
  if not UninstallSilent and DirExists(ExpandConstant('{localappdata}\wxdesk')) and
     (MsgBox(Said('Delete everything that wxdesk keeps on this computer, too? Messages, pictures, settings and logs in ' +
       ExpandConstant('{localappdata}\wxdesk') + ', and its secrets in Windows'' credential manager. ' +
       'Backups and exports elsewhere stay.',
       '是否同时删除 wxdesk 在这台电脑上保存的一切？包括 ' + ExpandConstant('{localappdata}\wxdesk') +
       ' 里的消息、图片、设置和日志，以及 Windows 凭据管理器里的密钥。放在别处的备份和导出文件会保留。'),
       mbConfirmation, MB_YESNO or MB_DEFBUTTON2) = IDYES) then
    if not Exec(ExpandConstant('{app}\wxdesk.exe'), 'remove-data --yes', '', SW_HIDE, ewWaitUntilTerminated, Code) or
       (Code <> 0) then
      MsgBox(Said('Not all of it could be deleted. Close wxdesk, and delete the folder ',
        '没有全部删除。请关闭 wxdesk，再手动删除文件夹 ') + ExpandConstant('{localappdata}\wxdesk'), mbError, MB_OK);
  RegDeleteValue(HKCU, 'Software\Microsoft\Windows\CurrentVersion\Run', 'wxdesk');
end;

[Run]
Filename: "{app}\wxdeskw.exe"; Flags: nowait postinstall

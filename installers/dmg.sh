#!/bin/sh
# Makes dist/wxdesk-VERSION.dmg of dist/wxdesk.app on a Mac: sh installers/dmg.sh VERSION. Never run so far.
# With an Apple certificate in IDENTITY it is signed; without one macOS opens it after a right click, and shows no notices.
set -eu
version=${1:?say which version}
cd "$(dirname "$0")/../dist"
codesign --force --deep --options runtime --sign "${IDENTITY:--}" wxdesk.app
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -R wxdesk.app "$folder"
ln -s /Applications "$folder/Applications"
hdiutil create -volname "wxdesk $version" -srcfolder "$folder" -format UDZO -ov "wxdesk-$version.dmg"

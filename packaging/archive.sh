#!/bin/sh
# Makes a release's archive and its checksum of programs that are built: packaging/archive.sh PROGRAMS TARGET OUT.
#
# PROGRAMS is the folder with tutor and mdbook-tutor. Beside them go the manual, completions and licences.
set -eu
[ $# -eq 3 ] || { echo "usage: packaging/archive.sh PROGRAMS TARGET OUT" >&2; exit 2; }
programs=$1 target=$2 out=$3
root=$(cd "$(dirname "$0")/.." && pwd)
version=$("$programs/tutor" --version | cut -d' ' -f2)
name=mdbook-tutor-$version-$target
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

mkdir -p "$work/$name/completions" "$out"
for program in tutor mdbook-tutor; do
    for file in "$programs/$program" "$programs/$program.exe"; do
        if [ -f "$file" ]; then
            cp "$file" "$work/$name/"
        fi
    done
done
cp "$root/README.md" "$root/LICENSE-MIT" "$root/LICENSE-APACHE" "$work/$name/"
"$programs/tutor" completions --manual "$work/$name/man1"
for shell in bash elvish fish powershell zsh; do
    "$programs/tutor" completions "$shell" > "$work/$name/completions/tutor.$shell"
done
tar -czf "$out/$name.tar.gz" -C "$work" "$name"
(cd "$out" && { sha256sum "$name.tar.gz" 2>/dev/null || shasum -a 256 "$name.tar.gz"; } > "$name.tar.gz.sha256")
echo "$out/$name.tar.gz"

#!/bin/sh
# Installs tutor from an archive of a release: for CI systems, and for whoever likes a plain shell.
#
#   TUTOR_RELEASES   where releases are: https://HOST/OWNER/REPO/releases/download
#   TUTOR_VERSION    which one, such as 0.1.0
#   TUTOR_INTO       the folder for the programs (default: ~/.local/bin)
#
# The archive is held against its checksum before anything of it is used.
set -eu

fail() { echo "install.sh: $1" >&2; exit 1; }
: "${TUTOR_RELEASES:?name the address of the releases}" "${TUTOR_VERSION:?name a version, such as 0.1.0}"
into=${TUTOR_INTO:-$HOME/.local/bin}

case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) target=x86_64-unknown-linux-musl ;;
    Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-musl ;;
    Darwin-x86_64) target=x86_64-apple-darwin ;;
    Darwin-arm64) target=aarch64-apple-darwin ;;
    MINGW*-x86_64 | MSYS*-x86_64) target=x86_64-pc-windows-msvc ;;
    *) fail "there is no archive for $(uname -s) on $(uname -m); build it: cargo install mdbook-tutor --locked" ;;
esac
name=mdbook-tutor-$TUTOR_VERSION-$target
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

for file in "$name.tar.gz" "$name.tar.gz.sha256"; do
    curl -fsSL --retry 3 -o "$work/$file" "$TUTOR_RELEASES/v$TUTOR_VERSION/$file" ||
        fail "$TUTOR_RELEASES/v$TUTOR_VERSION/$file cannot be fetched; is there such a version?"
done
sum=$(cd "$work" && { sha256sum "$name.tar.gz" 2>/dev/null || shasum -a 256 "$name.tar.gz"; } | cut -d' ' -f1)
[ "$sum" = "$(cut -d' ' -f1 "$work/$name.tar.gz.sha256")" ] || fail "$name.tar.gz is not what its checksum says"
tar -xzf "$work/$name.tar.gz" -C "$work"
mkdir -p "$into"
for program in tutor mdbook-tutor; do
    for file in "$work/$name/$program" "$work/$name/$program.exe"; do
        if [ -f "$file" ]; then
            cp "$file" "$into/"
        fi
    done
done
"$into/tutor" --version

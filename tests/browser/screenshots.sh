#!/usr/bin/env bash
# Takes pictures: of everything tutor draws, in every theme, on a desktop, a phone and paper, into
# target/screenshots; and those of README and guide into book/images.
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo test --locked --quiet --test tutor -- --ignored --exact browser::pictures::take
echo "$PWD/target/screenshots, $PWD/book/images"

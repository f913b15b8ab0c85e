#!/usr/bin/env bash
# Makes pictures of everything tutor draws, light and dark, on a desktop and a phone.
set -euo pipefail
cd "$(dirname "$0")/../.."
cargo test --locked --quiet --test tutor -- --ignored --exact browser::screenshots::of_everything
echo "$PWD/target/screenshots"

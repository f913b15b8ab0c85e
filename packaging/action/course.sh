#!/bin/sh
# Builds and checks a course for a CI job: annotations on stdout, SARIF and JUnit into files where they are wanted.
#
#   TUTOR_BOOK    the folder with book.toml (default: .)
#   TUTOR_BUILD   true: build it, with every recording required
#   TUTOR_CHECK   true: check it
#   TUTOR_SARIF, TUTOR_JUNIT   files to write
#
# All is done, whatever fails; the exit code is that of the first that did.
set -u
book=${TUTOR_BOOK:-.}
exit=0

first() { [ "$exit" -ne 0 ] || exit=$1; }
# A report is written whether something is found or not; only a failure to look has no report.
report() {
    [ -n "$2" ] || return 0
    mkdir -p "$(dirname "$2")"
    tutor check "$book" --format "$1" > "$2" || { code=$?; [ "$code" -eq 1 ] || first "$code"; }
}

if [ "${TUTOR_BUILD:-true}" = true ]; then
    tutor build "$book" --strict || first $?
fi
if [ "${TUTOR_CHECK:-true}" = true ]; then
    tutor check "$book" --format github || first $?
fi
report sarif "${TUTOR_SARIF:-}"
report junit "${TUTOR_JUNIT:-}"
exit "$exit"

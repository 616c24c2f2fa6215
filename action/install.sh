#!/usr/bin/env bash
# Installs archdoc into an environment of its own: the version that was asked for, else what lies beside this script.
# In: PYTHON, VERSION.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

what=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [[ -n ${VERSION:-} ]]; then
    if [[ ! $VERSION =~ ^[0-9][0-9A-Za-z.]*$ ]]; then
        notice error "version must be a released version, such as 1.2.3"
        exit 2
    fi
    what="archdoc==$VERSION"
fi
"${PYTHON:-python3}" -m venv "${bin%/bin}"
"$bin/python" -m pip install --quiet --disable-pip-version-check "$what"
"$bin/archdoc" --version

#!/usr/bin/env bash
# Tells what the pull request changes. In: DIRECTORY, CONFIG, VIEW, BASE_SHA. Out: changed, comment (a file).
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [[ ! ${BASE_SHA:-} =~ ^[0-9a-f]{40,64}$ ]]; then
    notice error "the event names no base to compare with"
    exit 2
fi

repository() {
    git -C "${DIRECTORY:-.}" "$@"
}

has() {
    repository cat-file -e "$1^{commit}" 2> /dev/null
}

# What is checked out by default is the merge of the pull request, and its first parent the base as it is now. The
# name of that parent is in the commit itself, though a shallow clone may lack the parent.
mapfile -t parents < <(repository cat-file commit HEAD | sed -n -e '/^$/q' -e 's/^parent //p')
options=()
if [[ ${#parents[@]} -eq 2 && ${parents[0]} =~ ^[0-9a-f]+$ ]]; then
    base=${parents[0]}
    has "$base" || repository fetch --quiet --no-tags --depth=1 origin "$base" || true
else
    base=$BASE_SHA
    options+=(--merge-base)
    if [[ $(repository rev-parse --is-shallow-repository) == true ]]; then
        repository fetch --quiet --no-tags --unshallow origin || true
    fi
    has "$base" || repository fetch --quiet --no-tags origin "$base" || true
fi
if ! has "$base"; then
    notice warning "the base of the pull request is not in the clone: nothing was compared (actions/checkout: fetch-depth: 0)"
    exit 0
fi
if [[ -n ${VIEW:-} ]]; then
    options+=(--view "$VIEW")
fi

comment=${RUNNER_TEMP:?}/archdoc-comment.md
code=0
run_archdoc diff "$base" "${options[@]}" --format markdown --exit-code > "$comment" || code=$?
case $code in
    0) output changed false ;;
    1) output changed true ;;
    *) exit "$code" ;;
esac
output comment "$comment"
cat "$comment" >> "${GITHUB_STEP_SUMMARY:?}"

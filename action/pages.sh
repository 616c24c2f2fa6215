#!/usr/bin/env bash
# Rebuilds the pages, and commits what changed to the branch that is checked out.
# In: DIRECTORY, CONFIG, MESSAGE; of a pull request HEAD_REPOSITORY, HEAD_SHA, HEAD_REF; GITHUB_REPOSITORY,
# GITHUB_REF. Out: committed.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

repository() {
    # No hook and no signing program of the clone's configuration runs.
    git -C "${DIRECTORY:-.}" -c core.hooksPath=/dev/null -c core.fsmonitor=false -c commit.gpgSign=false \
        -c "user.name=github-actions[bot]" -c "user.email=41898282+github-actions[bot]@users.noreply.github.com" "$@"
}

output committed false
if [[ -n ${HEAD_SHA:-} ]]; then
    if [[ ${HEAD_REPOSITORY:-} != "${GITHUB_REPOSITORY:?}" ]]; then
        notice notice "a pull request from a fork: the pages are not committed"
        exit 0
    fi
    if [[ $(repository rev-parse HEAD) != "$HEAD_SHA" ]]; then
        notice warning "the pages are not committed: check out the branch itself (actions/checkout: ref: github.head_ref)"
        exit 0
    fi
    target=refs/heads/${HEAD_REF:?}
else
    target=${GITHUB_REF:?}
fi
if [[ $target != refs/heads/* ]] || ! git check-ref-format "$target"; then
    notice warning "the pages are committed to branches alone"
    exit 0
fi

list=$(mktemp)
run_archdoc build | sed -n -E 's/^(wrote|deleted) //p' > "$list"
if [[ ! -s $list ]]; then
    exit 0
fi
repository --literal-pathspecs add --all --pathspec-from-file="$list"
if repository diff --cached --quiet; then
    exit 0
fi
repository commit --quiet --message "${MESSAGE:?}"
repository push --quiet origin "HEAD:$target"
output committed true

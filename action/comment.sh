#!/usr/bin/env bash
# Puts the comment on the pull request, or into the one of an earlier run. A pull request from a fork gets a token that
# may not write: then the job summary alone has it. In: GH_TOKEN, COMMENT, CHANGED, NUMBER, GITHUB_REPOSITORY.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [[ ! ${NUMBER:-} =~ ^[0-9]+$ || ! ${GITHUB_REPOSITORY:-} =~ ^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$ ]]; then
    notice error "the event names no pull request"
    exit 2
fi

# Anybody can write a comment that begins like ours: only a bot's is taken for it.
ours='.[] | select(.user.type == "Bot" and (.body | startswith("<!-- archdoc:diff -->"))) | .id'
if ! found=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments" --jq "$ours"); then
    notice notice "the comments of the pull request cannot be read with this token; the job summary has what changes"
    exit 0
fi
found=${found%%$'\n'*}

if [[ $found =~ ^[0-9]+$ ]]; then
    call=(--method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$found")
elif [[ ${CHANGED:-} == true ]]; then
    call=(--method POST "repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments")
else
    exit 0 # nothing differs, and nothing was said before
fi
if ! gh api --silent "${call[@]}" --field "body=@${COMMENT:?}"; then
    notice notice "the comment cannot be written with this token (pull-requests: write); the job summary has what changes"
fi

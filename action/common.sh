# Read by the other scripts: strictness, and archdoc with the options that the action was given.
set -euo pipefail

bin=${RUNNER_TEMP:?}/archdoc/bin

run_archdoc() {
    local options=(-C "${DIRECTORY:-.}")
    if [[ -n ${CONFIG:-} ]]; then
        options+=(--config "$CONFIG")
    fi
    "$bin/archdoc" "${options[@]}" "$@"
}

# A command to the runner with words of ours alone: nothing of the repository goes through here.
notice() {
    printf '::%s title=archdoc::%s\n' "$1" "$2"
}

output() {
    printf '%s=%s\n' "$1" "$2" >> "${GITHUB_OUTPUT:?}"
}

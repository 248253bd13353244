# Sluice's SDK for plugins in POSIX shell: protocol sluice/1, with jq. What is printed is the log, stdin is empty.
#   . "${0%/*}/sluice-plugin.sh"
#   run() { wc -l <"$(input text)" >"$(place count)"; }    # and `estimate`, `cleanup`, where the manifest lists them
#   sluice_main
set -eu && exec 3<&0 4>&1 0</dev/null 1>&2
trap sluice_exit EXIT && sluice_dir=$(mktemp -d) && sluice_over=$sluice_dir/over # the exit status, once a subshell has said the terminal line
get() { printf '%s' "$sluice_start" | jq -r "$@"; } # get FILTER: of `start`
param() { get --arg n "$1" '.params[$n] | if . == null then "" else . end'; }
input() { sluice_path inputs "$1"; }  # its path; a line for each where there are many
place() { sluice_path outputs "$1"; } # where an output is to be made
resume() { get '.resume // empty | .path'; } # the checkpoint to go on from, below scratch; empty: there is none
say() { [ -e "$sluice_over" ] || jq -cn --arg token "$sluice_token" "$@" >&4; }
log() { say --arg m "$*" '{$token, type: "log", message: $m}'; }
heartbeat() { say '{$token, type: "heartbeat"}'; }
progress() { # progress DONE [TOTAL [UNIT]]
    say --argjson d "$1" --argjson t "${2:-null}" --arg u "${3:-}" '{$token, type: "progress", done: $d, total: $t, unit: $u}'
}
metric() { # metric NAME NUMBER [STEP]
    say --arg n "$1" --argjson v "$2" --argjson s "${3:-null}" '{$token, type: "metric", name: $n, value: $v, step: $s}'
}
output() { say --arg n "$1" --argjson v "$2" '{$token, type: "output", name: $n, value: $v}'; } # output NAME JSON
checkpoint() { say --arg i "$1" --arg p "$2" '{$token, type: "checkpoint", id: $i, path: $p}'; } # PATH below scratch
saved() { grep -qxF -- "$1" "$sluice_dir/saved" 2>/dev/null; } # whether a checkpoint is durably stored
profile() { # profile NAME P50 P90, in seconds: the answer of `estimate`
    say --arg n "$1" --argjson l "$2" --argjson h "$3" '{$token, type: "estimate", profiles: [{name: $n, duration_s: {p50: $l, p90: $h}}]}'
}
check() { [ ! -e "$sluice_dir/cancel" ] || sluice_stop; } # between steps of work: ends when it has been cancelled
fail() { sluice_end 10 --arg r "$*" '{$token, type: "result", status: "failed", reason: $r}'; } # its own verdict
skip() { sluice_end 0 --arg r "$*" '{$token, type: "result", status: "skipped", reason: $r}'; }
error() { # error CLASS CODE MESSAGE [HINT]
    case $1 in config | user) sluice_code=12 ;; transient) sluice_code=20 ;; resource) sluice_code=21 ;; dependency) sluice_code=22 ;; *) sluice_code=1 ;; esac
    sluice_end "$sluice_code" --arg c "$1" --arg o "$2" --arg m "$3" --arg h "${4:-}" '{$token, type: "error", class: $c, code: $o, message: $m[:300], hint: $h}'
}
sluice_path() {
    get -e --arg k "$1" --arg n "$2" '.[$k][$n] | if type == "array" then .[] else . end | .path // empty' ||
        error config "config.$1" "'$2' of the stage's $1 is not connected"
}
sluice_end() { sluice_code=$1 && shift && say "$@" && echo "$sluice_code" >>"$sluice_over" && exit "$sluice_code"; }
sluice_stop() { sluice_end 30 '{$token, type: "result", status: "failed", reason: "cancelled"}'; }
sluice_exit() { # however the shell ends: a command that failed is an error of the plugin
    sluice_status=$? && trap '' TERM && trap - EXIT
    [ -e "$sluice_over" ] || [ -z "${sluice_token:-}" ] || (error internal internal.exit "a command ended with exit $sluice_status: see the log") || :
    [ ! -e "$sluice_over" ] || sluice_status=$(head -n 1 "$sluice_over")
    [ -z "${sluice_listener:-}" ] || { kill -s KILL "$sluice_listener" && wait "$sluice_listener" || :; } 2>/dev/null
    rm -rf "$sluice_dir" && exit "$sluice_status"
}
sluice_listen() { # cancel, saved, and the end of stdin, when the runner is gone
    while IFS= read -r line <&3; do case $(printf '%s' "$line" | jq -r .type) in
        cancel) echo asked >"$sluice_dir/cancel" && kill -s TERM $$ ;;
        saved) printf '%s' "$line" | jq -r .checkpoint >>"$sluice_dir/saved" ;; esac; done
    echo gone >"$sluice_dir/cancel" && kill -s TERM $$
}
sluice_main() {
    IFS= read -r sluice_start <&3 && sluice_token=$(get -e .token) || { echo 'no `start` line on stdin' && exit 11; }
    case $(get .protocol) in sluice/1 | sluice/1.*) ;; *) sluice_end 11 --arg v "$(get .protocol)" '{$token, type: "error", class: "config", code: "protocol.version", message: "the runner speaks \($v), this plugin sluice/1"}' ;; esac
    case $(type "$(get .verb)" 2>&1) in *function*) ;; *) error config config.verb "no verb '$(get .verb)'" ;; esac
    trap sluice_stop TERM && { sluice_listen 4>&- & sluice_listener=$! && exec 3<&-; }
    "$(get .verb)"
    sluice_end 0 '{$token, type: "result", status: "ok"}'
}

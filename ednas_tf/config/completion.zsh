# Completes the commands of ednas_tf, their flags and values. In ~/.zshrc, after
# compinit:
#   source <(python -m ednas_tf --completion=zsh)

_ednas_tf_flags() {
    case $1 in
@FLAGS@
    esac
}

_ednas_tf_values() {
    case $1 in
        --flagfile) printf "%s" "@FLAGFILES@" ;;
@VALUES@
    esac
}

_ednas_tf_complete() {
    local command= flag i
    local -a choices
    for ((i = 2; i < CURRENT - 1; i++)); do
        if [[ ${words[i]} == -m ]]; then
            command=${words[i+1]}
            break
        fi
    done
    if [[ $command != ednas_tf.* ]]; then
        choices=(@MODULES@)
        [[ ${words[CURRENT-1]} == -m ]] && compadd -a choices
        [[ -n $_ednas_tf_before ]] && $_ednas_tf_before "$@"
        return
    fi
    if [[ $PREFIX != --*=* ]]; then
        choices=(${(z)"$(_ednas_tf_flags $command)"})
        compadd -S '' -- ${(M)choices:#*=}
        compadd -- ${choices:#*=}
        return
    fi
    flag=${PREFIX%%=*}
    compset -P 1 '*='
    choices=(${(z)"$(_ednas_tf_values $flag)"})
    (($#choices)) && compadd -a choices
    [[ $#choices == 0 || $flag == --flagfile ]] && _files
}

# Whatever completed Python before goes on doing so for all other lines.
[[ ${_comps[python]} != _ednas_tf_complete ]] &&
    _ednas_tf_before=${_comps[python]}
compdef _ednas_tf_complete python python3

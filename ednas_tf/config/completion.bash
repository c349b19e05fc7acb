# Completes the commands of ednas_tf, their flags and values. In ~/.bashrc:
#   source <(python -m ednas_tf --completion=bash)

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

# Prints the command of the line, if it is one of ours.
_ednas_tf_command() {
    local i
    for ((i = 1; i < COMP_CWORD - 1; i++)); do
        if [[ ${COMP_WORDS[i]} == -m ]]; then
            [[ ${COMP_WORDS[i + 1]} == ednas_tf.* ]] &&
                printf "%s" "${COMP_WORDS[i + 1]}"
            return
        fi
    done
}

_ednas_tf_complete() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local command flag= prefix= values
    command=$(_ednas_tf_command)
    if [[ -z $command ]]; then
        COMPREPLY=()
        [[ -n $_ednas_tf_before ]] && "$_ednas_tf_before" "$@"
        [[ $before == -m ]] &&
            COMPREPLY+=($(compgen -W "@MODULES@" -- "$current"))
        return 0
    fi
    # Bash takes = for the end of a word, unless told otherwise.
    if [[ $current == "=" ]]; then
        flag=$before current=
    elif [[ $before == "=" ]]; then
        flag=${COMP_WORDS[COMP_CWORD - 2]}
    elif [[ $current == --*=* ]]; then
        flag=${current%%=*} prefix=$flag= current=${current#*=}
    fi
    if [[ -z $flag ]]; then
        values=$(_ednas_tf_flags "$command")
        COMPREPLY=($(compgen -W "$values" -- "$current"))
        [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
        return 0
    fi
    values=$(_ednas_tf_values "$flag")
    COMPREPLY=($(compgen -W "$values" -P "$prefix" -- "$current"))
    if [[ -z $values || $flag == --flagfile ]]; then
        compopt -o filenames 2>/dev/null
        COMPREPLY+=($(compgen -f -P "$prefix" -- "$current"))
    fi
    return 0
}

# Whatever completed Python before goes on doing so for all other lines.
if ! complete -p python >/dev/null 2>&1; then
    if declare -F _comp_load >/dev/null; then
        _comp_load python
    elif declare -F _completion_loader >/dev/null; then
        _completion_loader python
    fi
fi
_ednas_tf_found=$(complete -p python 2>/dev/null |
    sed -n 's/.* -F \([^ ]*\) .*/\1/p')
[[ $_ednas_tf_found != _ednas_tf_complete ]] &&
    _ednas_tf_before=$_ednas_tf_found
if [[ -n $_ednas_tf_before ]]; then
    complete -F _ednas_tf_complete python python3
else
    complete -o bashdefault -o default -F _ednas_tf_complete python python3
fi

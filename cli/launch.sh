# SPDX-License-Identifier: Apache-2.0
# What cli/unroll4j and examples/run share. They source it, with the folder of the project in $home and
# their name in $name.
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

fail() {
    echo "$name: $1" >&2
    exit 1
}

# Whether the class path that a build writes last of all is there, newer than all sources, and each file of it too.
is_built() {
    [ -f "$1" ] || return 1
    [ -z "$(find "$home"/pom.xml "$home"/*/pom.xml "$home"/*/src/main -newer "$1" -print -quit)" ] || return 1
    local IFS=: jar
    for jar in $(<"$1"); do
        [ -f "$jar" ] || return 1
    done
}

# Of what Maven prints: the name of each module when its turn comes, and what went wrong.
modules_and_errors() {
    local line wrong=false
    while IFS= read -r line; do
        case $line in
            "[INFO] Building jar:"*) ;;
            "[INFO] Building "*"["*/*"]")
                line=${line#"[INFO] Building "}
                echo "  ${line%%  *}"
                ;;
            "[ERROR]"*) wrong=true && echo "$line" ;;
            "["*) wrong=false ;;
            *) if $wrong; then echo "$line"; fi ;;
        esac
    done
}

# Builds a module and what it needs.
build() {
    command -v mvn >/dev/null || fail "Maven is needed to build, and there is no mvn on the PATH"
    if [ -f "$home/$1/target/run.classpath" ]; then
        echo "building (the sources have changed) ..." >&2
    else
        echo "building (first run only, takes 1 to 3 minutes; Maven downloads some 300 MB that it does not have yet) ..." >&2
    fi
    # What a contributor's build also checks is left out: whoever tries a change wants to see it run.
    (cd "$home" && mvn -B -pl "$1" -am package -Dmaven.test.skip=true -Dmaven.compiler.failOnWarning=false \
        -Denforcer.skip=true -Dspotless.check.skip=true -Djacoco.skip=true \
        -Dstyle.color=never) | modules_and_errors >&2 || fail "the build failed, see above"
}

# BLAS and OpenMP read their number of threads when they are loaded, before any flag. An @FILE holds flags.
threads_of() {
    local threads=1 before='' word more words=()
    for word in "$@"; do
        if [[ $word == @* && -f ${word#@} ]]; then
            read -r -d '' -a more <"${word#@}" || true
            words+=(${more[@]+"${more[@]}"}) # an empty list is an error to the bash of macOS
        else
            words+=("$word")
        fi
    done
    for word in ${words[@]+"${words[@]}"}; do
        [[ $before == --threads ]] && threads=$word
        [[ $word == --threads=* ]] && threads=${word#*=}
        before=$word
    done
    [[ $threads =~ ^[1-9][0-9]*$ ]] && echo "$threads" || echo 1
}

# Arguments and file names are read and written as UTF-8, which Java does not do in a locale of ASCII. That is also what
# a locale comes to which is named but not installed: its names then are those of no locale at all.
read_utf8() {
    command -v locale >/dev/null || return 0
    case $(locale charmap 2>/dev/null) in
        ANSI_X3.4-1968 | US-ASCII | 646 | "") ;;
        *) return 0 ;;
    esac
    local known
    for known in C.UTF-8 en_US.UTF-8; do
        if [ "$(env LC_ALL=$known locale charmap 2>/dev/null)" = UTF-8 ]; then
            export LC_ALL=$known
            return 0
        fi
    done
}

# Requires Java, and sets the environment and the options of Java for a program with these flags.
prepare() {
    local release terminal=false
    if [ -n "${JAVA_HOME:-}" ] && [ ! -x "$java" ]; then
        fail "JAVA_HOME is $JAVA_HOME, where there is no bin/java; set it to the folder of a JDK, 17 or newer, or unset it"
    fi
    command -v "$java" >/dev/null || fail "there is no java on the PATH; install a JDK, 17 or newer, or set JAVA_HOME"
    release=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p') || true
    [ -n "$release" ] || fail "$java does not run; install a JDK, 17 or newer, or set JAVA_HOME to one"
    [ "$release" -ge 17 ] || fail "Java $release of $java is too old; install a JDK, 17 or newer, or set JAVA_HOME to one"
    read_utf8
    if [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]; then
        terminal=true
    fi
    options=(
        --enable-native-access=ALL-UNNAMED # JavaCPP loads native libraries
        -Dorg.nd4j.log.initialization=false
        "-Dunroll4j.terminal=$terminal"
        "-Dunroll4j.command=$0"
    )
    if [ "$release" -ge 24 ]; then
        options+=(--sun-misc-unsafe-memory-access=allow) # JavaCPP again, which else is warned about
    fi
    OMP_NUM_THREADS=$(threads_of "$@")
    export OMP_NUM_THREADS OPENBLAS_NUM_THREADS=$OMP_NUM_THREADS
}

# Becomes a program, built if that is needed: run_java MODULE CLASS [flags].
run_java() {
    local module=$1 main=$2 jars=$home/$1/target/run.classpath
    shift 2
    prepare "$@"
    is_built "$jars" || build "$module"
    exec "$java" "${options[@]}" -cp "$home/$module/target/classes:$(<"$jars")" "$main" "$@"
}

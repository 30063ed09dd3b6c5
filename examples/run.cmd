@echo off
rem SPDX-License-Identifier: Apache-2.0
rem Runs an example: examples\run NAME [flags]. Without a name, lists them. Needs a JDK (17 or newer) and Maven.
setlocal EnableExtensions DisableDelayedExpansion
for %%r in ("%~dp0..") do set "root=%%~fr"
set "jars=%root%\examples\target\run.classpath"
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"

if "%~1"=="" (
    type "%root%\examples\examples.txt"
    exit /b 0
)

rem JavaCPP loads native libraries; Java 16 and older do not know the flag.
set "options=--enable-native-access=ALL-UNNAMED"
"%java%" %options% -version >nul 2>&1 || (
    echo examples\run: there is no Java 17 or newer; install a JDK, or set JAVA_HOME>&2
    exit /b 1
)
rem JavaCPP again; Java 24 and newer warn without the flag, Java 22 and older do not know it.
set "unsafe=--sun-misc-unsafe-memory-access=allow"
"%java%" %unsafe% -version >nul 2>&1 && set "options=%options% %unsafe%"

rem The build writes the class path last of all. Exit code 1: it is not there, or a source is newer.
powershell -NoProfile -Command "$jars = Get-Item -ErrorAction SilentlyContinue $env:jars; $sources = @(Get-Item ($env:root + '\pom.xml'), ($env:root + '\*\pom.xml')) + @(Get-ChildItem -Recurse ($env:root + '\*\src\main')); if (-not $jars -or ($sources | Where-Object { $_.LastWriteTimeUtc -gt $jars.LastWriteTimeUtc })) { exit 1 }"
if errorlevel 1 (
    call :build || exit /b 1
)

rem The examples write UTF-8.
chcp 65001 >nul
set "terminal=false"
powershell -NoProfile -Command "exit [int][Console]::IsErrorRedirected" && set "terminal=true"
if not defined OMP_NUM_THREADS set "OMP_NUM_THREADS=1"
for /f "usebackq delims=" %%c in ("%jars%") do set "CLASSPATH=%root%\examples\target\classes;%%c"
"%java%" %options% -Dorg.nd4j.log.initialization=false "-Dunroll4j.terminal=%terminal%" "-Dunroll4j.command=%~0" io.github.unroll4j.examples.Examples %*
exit /b %errorlevel%

:build
where mvn >nul 2>&1 || (
    echo examples\run: Maven is needed to build the examples, and there is no mvn on the PATH>&2
    exit /b 1
)
echo building (the first time it takes 1 to 3 minutes; Maven downloads some 300 MB that it does not have yet) ...>&2
pushd "%root%"
rem What a contributor's build also checks is left out: whoever tries a change wants to see it run.
call mvn -q -B -pl examples -am package -Dmaven.test.skip=true -Dmaven.compiler.failOnWarning=false -Denforcer.skip=true -Dspotless.check.skip=true -Djacoco.skip=true -Dstyle.color=never >&2
set "result=%errorlevel%"
popd
if not "%result%"=="0" echo examples\run: the build failed, see above>&2
exit /b %result%

@echo off
rem SPDX-License-Identifier: Apache-2.0
rem What cli\unroll4j.cmd and examples\run.cmd share: call launch MODULE NAME. Builds the module where its class path,
rem which the build writes last of all, is not there or older than a source; sets java, options and CLASSPATH.
rem Expects the folder of the project in root.
set "jars=%root%\%~1\target\run.classpath"
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
if defined JAVA_HOME if not exist "%JAVA_HOME%\bin\java.exe" (
    echo %~2: JAVA_HOME is "%JAVA_HOME%", where there is no bin\java.exe; set it to the folder of a JDK, 17 or newer, or unset it>&2
    exit /b 1
)

rem JavaCPP loads native libraries; Java 16 and older do not know the flag.
set "options=--enable-native-access=ALL-UNNAMED"
"%java%" %options% -version >nul 2>&1 || (
    echo %~2: there is no Java 17 or newer; install a JDK, or set JAVA_HOME>&2
    exit /b 1
)
rem JavaCPP again; Java 24 and newer warn without the flag, Java 22 and older do not know it.
set "unsafe=--sun-misc-unsafe-memory-access=allow"
"%java%" %unsafe% -version >nul 2>&1 && set "options=%options% %unsafe%"

powershell -NoProfile -Command "$jars = Get-Item -ErrorAction SilentlyContinue $env:jars; $sources = @(Get-Item ($env:root + '\pom.xml'), ($env:root + '\*\pom.xml')) + @(Get-ChildItem -Recurse ($env:root + '\*\src\main')); if (-not $jars -or ($sources | Where-Object { $_.LastWriteTimeUtc -gt $jars.LastWriteTimeUtc })) { exit 1 }"
if errorlevel 1 (
    call :build %1 %2 || exit /b 1
)

rem All programs write UTF-8.
chcp 65001 >nul
set "terminal=false"
powershell -NoProfile -Command "exit [int][Console]::IsErrorRedirected" && set "terminal=true"
if not defined OMP_NUM_THREADS set "OMP_NUM_THREADS=1"
set "options=%options% -Dorg.nd4j.log.initialization=false -Dunroll4j.terminal=%terminal%"
for /f "usebackq delims=" %%c in ("%jars%") do set "CLASSPATH=%root%\%~1\target\classes;%%c"
exit /b 0

:build
where mvn >nul 2>&1 || (
    echo %~2: Maven is needed to build, and there is no mvn on the PATH>&2
    exit /b 1
)
echo building (the first time it takes 1 to 3 minutes; Maven downloads some 300 MB that it does not have yet) ...>&2
pushd "%root%"
rem What a contributor's build also checks is left out: whoever tries a change wants to see it run.
call mvn -q -B -pl %1 -am package -Dmaven.test.skip=true -Dmaven.compiler.failOnWarning=false -Denforcer.skip=true -Dspotless.check.skip=true -Djacoco.skip=true -Dstyle.color=never >&2
set "result=%errorlevel%"
popd
if not "%result%"=="0" echo %~2: the build failed, see above>&2
exit /b %result%

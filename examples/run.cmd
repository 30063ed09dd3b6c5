@echo off
rem SPDX-License-Identifier: Apache-2.0
rem Runs a program of the examples or a command of cli: examples\run NAME [flags]. Without a name, lists all.
rem Needs a JDK (17 or newer), and Maven to build.
setlocal EnableExtensions DisableDelayedExpansion
for %%r in ("%~dp0..") do set "root=%%~fr"
set "list=%root%\examples\examples.txt"
set "word=%~1"

if not defined word goto :list
if "%word%"=="-h" goto :list
if "%word%"=="--help" goto :list
if "%word:~0,1%"=="-" goto :command
findstr /b /l /c:"  %word%  " "%list%" >nul || (
    echo examples\run: there is no %word%; see examples\run>&2
    exit /b 2
)

rem A command is a class of its name in cli: train-lm is TrainLm. All others are programs.
if exist "%root%\cli\src\main\java\io\github\unroll4j\cli\%word:-=%.java" goto :command
call "%root%\cli\launch.cmd" examples "examples\run" || exit /b 1
"%java%" %options% "-Dunroll4j.command=%~0" io.github.unroll4j.examples.Program %*
exit /b %errorlevel%

:command
call "%root%\cli\launch.cmd" cli "examples\run" || exit /b 1
"%java%" %options% "-Dunroll4j.command=%~0" io.github.unroll4j.cli.Main %*
exit /b %errorlevel%

:list
type "%list%"
exit /b 0

@echo off
rem SPDX-License-Identifier: Apache-2.0
rem Runs a command: cli\unroll4j NAME [flags]. Without a name, lists them. Needs a JDK (17 or newer), and Maven to build.
setlocal EnableExtensions DisableDelayedExpansion
for %%r in ("%~dp0..") do set "root=%%~fr"
call "%root%\cli\launch.cmd" cli "cli\unroll4j" || exit /b 1
"%java%" %options% "-Dunroll4j.command=%~0" io.github.unroll4j.cli.Main %*
exit /b %errorlevel%

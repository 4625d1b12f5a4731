# Writes HEADER with the git revision of SOURCE_DIR, "-dirty" appended if tracked files differ from it; empty
# where there is no git, or SOURCE_DIR is not a checkout itself. Runs at every build and leaves an unchanged header
# alone, so that a moved HEAD recompiles the one file that includes it and nothing else.
set(revision "")
find_program(git git)
if(git AND EXISTS "${SOURCE_DIR}/.git")
  execute_process(
    COMMAND ${git} describe --always --dirty --exclude=* --abbrev=40
    WORKING_DIRECTORY "${SOURCE_DIR}"
    OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
file(CONFIGURE OUTPUT "${HEADER}" CONTENT [[
#pragma once

namespace nvfp4bench {
inline constexpr const char* kGitRevision = "@revision@";
}
]] @ONLY)

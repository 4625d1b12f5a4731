// Messages that quote what the user gave.
#pragma once

#include <string>
#include <string_view>

namespace nvfp4bench::cli {

/// One line, whatever it quotes: control characters become '?', and the middle of words, and of the whole, that
/// nobody could read is left out.
std::string readable(std::string_view message);

}  // namespace nvfp4bench::cli

// Reports into pipes and devices: written in place, since there is nothing to rename over.
#pragma once

#include <filesystem>
#include <string_view>

namespace nvfp4bench::cli {

/// Waits for a pipe to get a reader, and for the reader to take it all. False if the run was interrupted
/// before there was a reader, or while it read. Throws std::runtime_error.
bool write_special(const std::filesystem::path& path, std::string_view text);

}  // namespace nvfp4bench::cli

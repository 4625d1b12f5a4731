// Files that are whole at every moment: written beside their place, then renamed into it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace nvfp4bench::record {

/// Puts `text` at `path`, so that a reader (or a crash) sees the old file or the new one, never half of one. Why
/// that failed, or empty; a failure leaves `path` as it was and nothing beside it.
std::string replace_file(const std::filesystem::path& path, std::string_view text);

/// Why replace_file(path) would fail, or empty. Touches nothing that is there.
std::string why_not_replaceable(const std::filesystem::path& path);

}  // namespace nvfp4bench::record

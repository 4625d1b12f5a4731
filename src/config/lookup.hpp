// Finding config files by bare name.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace nvfp4bench::config {

/// Datasheets of devices, beside the problem sets that come with the tool.
inline constexpr std::string_view kDevicesFile = "devices.json";

/// Where what comes with the tool may lie: the install tree, the build's source tree.
std::vector<std::filesystem::path> own_folders();

/// Folders that bare names are looked up in, in order: the working directory, NVFP4BENCH_CONFIG_PATH
/// (colon-separated), the install tree, the build's source tree.
std::vector<std::filesystem::path> search_path();

/// "g8_k7168", "g8_k7168.json" or a path. Throws text::ConfigError naming where it looked and the nearest match.
std::filesystem::path find_config(const std::string& name);

/// Every problem set on the search path (working directory excluded): (name, path), sorted, first wins.
std::vector<std::filesystem::path> list_configs();

}  // namespace nvfp4bench::config

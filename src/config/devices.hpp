// Datasheet peaks of known devices: configs/devices.json.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "model/work.hpp"

namespace nvfp4bench::config {

/// Those of the first of `folders` that has a devices.json; none where no folder has. Throws
/// text::ConfigError.
std::vector<Peak> find_devices(std::span<const std::filesystem::path> folders);

/// Throws text::ConfigError.
std::vector<Peak> load_devices(const std::filesystem::path& path);

}  // namespace nvfp4bench::config

// Datasheet peaks of known devices: configs/devices.json.
#pragma once

#include <filesystem>
#include <vector>

#include "model/work.hpp"

namespace nvfp4bench::config {

/// Throws text::ConfigError.
std::vector<Peak> load_devices(const std::filesystem::path& path);

}  // namespace nvfp4bench::config

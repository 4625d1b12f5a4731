#include "config/devices.hpp"

#include <array>
#include <system_error>

#include "config/lookup.hpp"
#include "text/strict_json.hpp"

namespace nvfp4bench::config {
namespace {

using text::Node;

constexpr std::array<std::string_view, 2> kFileKeys = {"description", "devices"};
constexpr std::array<std::string_view, 4> kDeviceKeys = {"name", "bytes_per_s", "flops_per_s", "source"};
constexpr std::size_t kMaxTextLength = 1000;

double parse_rate(const Node& node) {
  if (!node.value->is_number() || !(node.value->get<double>() > 0)) node.fail_expected("a positive number");
  return node.value->get<double>();
}

Peak parse_device(const Node& node) {
  node.expect_object(kDeviceKeys);
  for (const std::string_view key : kDeviceKeys)
    if (!node.has(key)) node.fail("no " + std::string(key) + " given");
  return {node["name"].text(kMaxTextLength), parse_rate(node["bytes_per_s"]), parse_rate(node["flops_per_s"]),
          node["source"].text(kMaxTextLength)};
}

}  // namespace

std::vector<Peak> find_devices(std::span<const std::filesystem::path> folders) {
  for (const std::filesystem::path& folder : folders) {
    std::error_code ignored;
    if (std::filesystem::exists(folder / kDevicesFile, ignored)) return load_devices(folder / kDevicesFile);
  }
  return {};
}

std::vector<Peak> load_devices(const std::filesystem::path& path) {
  const std::string origin = path.string();
  const nlohmann::json document = text::parse_json(text::read_file(path), origin);
  const Node root{.value = &document, .origin = origin};
  root.expect_object(kFileKeys);
  if (!root.has("devices") || !document["devices"].is_array()) root.fail("expected a list \"devices\"");
  const Node list = root["devices"];
  std::vector<Peak> devices;
  for (std::size_t i = 0; i < list.value->size(); ++i) devices.push_back(parse_device(list[i]));
  return devices;
}

}  // namespace nvfp4bench::config

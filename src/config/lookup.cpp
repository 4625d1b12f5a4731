#include "config/lookup.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "text/config_error.hpp"
#include "text/nearest.hpp"

namespace nvfp4bench::config {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored) && !fs::is_directory(path, ignored);
}

std::vector<fs::path> config_folders() {
  std::vector<fs::path> folders;
  if (const char* value = std::getenv("NVFP4BENCH_CONFIG_PATH")) {
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(':'), rest.size());
      if (end > 0) folders.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  for (fs::path& folder : own_folders()) folders.push_back(std::move(folder));
  return folders;
}

[[noreturn]] void fail_not_found(const std::string& name, const std::vector<fs::path>& folders) {
  std::vector<std::string> stems;
  for (const fs::path& path : list_configs()) stems.push_back(path.stem().string());
  const std::vector<std::string_view> candidates(stems.begin(), stems.end());
  const std::string suggestion = text::did_you_mean(fs::path(name).stem().string(), candidates);

  constexpr std::size_t kShortList = 20;
  std::string message = fmt::format("no problem set \"{}\"{}", name, suggestion);
  if (suggestion.empty() && !stems.empty() && stems.size() <= kShortList)
    message += fmt::format("; there are {}", fmt::join(stems, ", "));
  std::vector<std::string> looked_in;
  for (const fs::path& folder : folders) looked_in.push_back(folder.string());
  throw text::ConfigError(fmt::format("{} (looked in {})", message, fmt::join(looked_in, ", ")));
}

}  // namespace

std::vector<fs::path> own_folders() {
  std::vector<fs::path> folders;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  // Relative to the program, so that an installation can be moved.
  if (!error) folders.push_back((program.parent_path() / NVFP4BENCH_CONFIGS_FROM_PROGRAM).lexically_normal());
  folders.emplace_back(NVFP4BENCH_SOURCE_CONFIGS);
  return folders;
}

std::vector<fs::path> search_path() {
  std::vector<fs::path> folders = config_folders();
  folders.insert(folders.begin(), ".");
  return folders;
}

fs::path find_config(const std::string& name) {
  const std::string with_suffix = name.ends_with(".json") ? name : name + ".json";
  if (name.find('/') != std::string::npos) {
    for (fs::path path : {name, with_suffix})
      if (is_file(path)) return path;
    std::error_code ignored;
    throw text::ConfigError(
        name + (fs::is_directory(name, ignored) ? ": is a folder; expected a JSON file" : ": no such file"));
  }
  const std::vector<fs::path> folders = search_path();
  for (const fs::path& folder : folders)
    for (const std::string& file : {name, with_suffix})
      if (is_file(folder / file)) return (folder / file).lexically_normal();
  fail_not_found(name, folders);
}

std::vector<fs::path> list_configs() {
  std::map<std::string, fs::path> by_name;
  for (const fs::path& folder : config_folders()) {
    std::error_code ignored;  // a folder that is not there holds nothing
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
      const fs::path& path = entry.path();
      if (path.extension() == ".json" && path.filename() != kDevicesFile && is_file(path))
        by_name.emplace(path.filename().string(), path);
    }
  }
  std::vector<fs::path> paths;
  for (const auto& [name, path] : by_name) paths.push_back(path);
  return paths;
}

}  // namespace nvfp4bench::config

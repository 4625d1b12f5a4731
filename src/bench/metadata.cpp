#include "bench/metadata.hpp"

#include <ctime>
#include <fstream>
#include <string_view>
#include <utility>

#include <sys/utsname.h>

#include "git_revision.hpp"  // generated: scripts/git_revision.cmake

namespace nvfp4bench::bench {
namespace {

/// The value of the first line "key<spaces>separator<spaces>value" of a file; empty if there is none.
std::string first_value(const char* path, std::string_view key, char separator) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key)) continue;
    const std::size_t at = line.find(separator);
    if (at == std::string::npos || line.find_first_not_of(" \t", key.size()) != at) continue;
    const std::size_t begin = line.find_first_not_of(" \t\"", at + 1);
    if (begin == std::string::npos) return "";
    return line.substr(begin, line.find_last_not_of(" \t\"") + 1 - begin);
  }
  return "";
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[sizeof "2026-01-01T00:00:00Z"];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

}  // namespace

std::string cpu_name() {
  std::string name = first_value("/proc/cpuinfo", "model name", ':');
  if (!name.empty()) return name;
  utsname system{};
  uname(&system);
  return system.machine;
}

Metadata collect_metadata(Isa isa, int threads, std::vector<std::string> command_line) {
  utsname system{};
  uname(&system);

  Metadata metadata;
  metadata.tool_version = NVFP4BENCH_VERSION;
  metadata.git_revision = kGitRevision;
  metadata.compiler = NVFP4BENCH_COMPILER;
  metadata.compiler_flags = NVFP4BENCH_COMPILER_FLAGS;
  metadata.build_type = NVFP4BENCH_BUILD_TYPE;
  metadata.cpu = cpu_name();
  const std::string distribution = first_value("/etc/os-release", "PRETTY_NAME", '=');
  metadata.os = (distribution.empty() ? "" : distribution + ", ") + system.sysname + " " + system.release;
  metadata.isa = to_string(isa);
  metadata.threads = threads;
  metadata.started_at = utc_now();
  metadata.command_line = std::move(command_line);
  return metadata;
}

}  // namespace nvfp4bench::bench

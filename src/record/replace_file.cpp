#include "record/replace_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <unistd.h>

#include <fmt/format.h>

namespace nvfp4bench::record {
namespace {

namespace fs = std::filesystem;

/// Of this process alone: two that write one file do not disturb each other.
fs::path temporary_for(const fs::path& path) { return fs::path(path) += fmt::format(".{}.tmp", ::getpid()); }

/// The reason of the latest failure; never empty.
std::string reason() { return std::strerror(errno != 0 ? errno : EIO); }

}  // namespace

std::string replace_file(const fs::path& path, std::string_view text) {
  const fs::path temporary = temporary_for(path);
  errno = 0;
  std::ofstream out(temporary, std::ios::binary);
  out << text;
  out.close();
  if (out && ::rename(temporary.c_str(), path.c_str()) == 0) return "";
  std::string why = reason();
  ::unlink(temporary.c_str());
  return why;
}

std::string why_not_replaceable(const fs::path& path) {
  const fs::path temporary = temporary_for(path);
  errno = 0;
  if (!std::ofstream(temporary, std::ios::binary)) return reason();
  ::unlink(temporary.c_str());
  return "";
}

}  // namespace nvfp4bench::record

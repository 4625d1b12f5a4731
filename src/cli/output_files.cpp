#include "cli/output_files.hpp"

#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>
#include <sys/stat.h>

#include "cli/console.hpp"
#include "cli/same_file.hpp"
#include "cli/special_file.hpp"
#include "record/dump.hpp"
#include "record/replace_file.hpp"
#include "record/results.hpp"
#include "report/report.hpp"

namespace nvfp4bench::cli {
namespace {

namespace fs = std::filesystem;

const fs::path kStdout = "-";

/// What a path means: "-" for stdout by its other names, and what a symbolic link points to, since a rename
/// would replace the link.
fs::path resolved(const fs::path& path) {
  for (const char* name : {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})
    if (path == name) return kStdout;
  std::error_code ignored;
  if (!fs::is_symlink(path, ignored) || !fs::is_regular_file(path, ignored)) return path;
  fs::path target = fs::canonical(path, ignored);
  return ignored ? path : target;
}

/// Pipes and devices are written in place: there is nothing to rename over.
bool is_special(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored) && !fs::is_regular_file(path, ignored);
}

/// The regular file that a standard stream was redirected to is `path`.
bool is_stream(int descriptor, const fs::path& path) {
  struct stat stream {};
  struct stat file {};
  return ::fstat(descriptor, &stream) == 0 && S_ISREG(stream.st_mode) && ::stat(path.c_str(), &file) == 0 &&
         stream.st_dev == file.st_dev && stream.st_ino == file.st_ino;
}

[[noreturn]] void refuse(const std::string& option, const fs::path& path, std::string_view why) {
  throw UsageError(fmt::format("{}: cannot write {}: {}", option, path.string(), why));
}

/// Tries what update() will do, without touching what is there.
void check_writable(const std::string& option, const fs::path& path) {
  if (path.empty()) throw UsageError(fmt::format("{}: expected a file name, got an empty one", option));
  std::error_code error;
  if (fs::is_directory(path, error))
    throw UsageError(fmt::format("{}: {} is a directory, expected a file", option, path.string()));
  if (fs::is_symlink(path, error) && !fs::exists(path, error)) {
    refuse(option, path,
           fmt::format("it is a link to {}, which does not exist", fs::read_symlink(path, error).string()));
  }
  if (is_special(path)) return;
  if (fs::exists(path, error) && ::access(path.c_str(), W_OK) != 0)
    refuse(option, path, std::strerror(errno));
  if (const std::string why = record::why_not_replaceable(path); !why.empty()) refuse(option, path, why);
}

}  // namespace

OutputFiles::OutputFiles(const RunCommand& command, std::span<const fs::path> inputs) {
  const auto add = [&](const char* option, const std::optional<fs::path>& asked,
                       std::string (*render)(const RunResult&)) {
    if (!asked) return;
    const fs::path path = resolved(*asked);
    for (const Report& other : reports_) {
      if (other.path == path || (!is_special(path) && same_file(other.path, path)))
        throw UsageError(fmt::format("{} and {} both go to {}", other.option, option,
                                     path == kStdout ? "stdout" : path.string()));
    }
    if (path != kStdout) {
      check_writable(option, path);
      for (const fs::path& input : inputs) {
        if (same_file(input, path)) refuse(option, path, "this run reads it");
      }
      if (is_stream(STDOUT_FILENO, path)) refuse(option, path, "stdout goes there; - puts the report there");
      if (is_stream(STDERR_FILENO, path)) refuse(option, path, "stderr goes there");
    }
    reports_.push_back({option, path, render});
  };
  add("--json", command.json, record::results_json);
  add("--csv", command.csv, report::csv);
  add("--markdown", command.markdown, report::markdown);
  add("--junit", command.junit, report::junit);
}

void OutputFiles::keep_out_of_dump(const fs::path& folder) const {
  for (const Report& report : reports_) {
    if (report.path != kStdout && record::is_dump_file(report.path) && lies_in(report.path, folder))
      refuse(report.option, report.path, "--dump writes there");
  }
}

bool OutputFiles::uses_stdout() const {
  for (const Report& report : reports_)
    if (report.path == kStdout) return true;
  return false;
}

void OutputFiles::update(const RunResult& result) const {
  for (const Report& report : reports_) {
    if (report.path == kStdout || is_special(report.path)) continue;
    if (const std::string why = record::replace_file(report.path, report.render(result)); !why.empty())
      throw std::runtime_error(fmt::format("cannot write {}: {}", report.path.string(), why));
  }
}

bool OutputFiles::finish(const RunResult& result) const {
  update(result);
  bool delivered = true;
  for (const Report& report : reports_) {
    if (report.path == kStdout) {
      write(stdout, report.render(result));
    } else if (is_special(report.path)) {
      delivered &= write_special(report.path, report.render(result));
    }
  }
  return delivered;
}

}  // namespace nvfp4bench::cli

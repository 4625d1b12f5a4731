#include "cli/output_files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "record/results.hpp"
#include "report/report.hpp"

namespace nvfp4bench::cli {
namespace {

namespace fs = std::filesystem;

const fs::path kStdout = "-";

/// What a path means: "-" for stdout by its other name, and what a symbolic link points to, since a rename
/// would replace the link.
fs::path resolved(const fs::path& path) {
  if (path == "/dev/stdout") return kStdout;
  std::error_code ignored;
  return fs::is_symlink(path, ignored) && fs::is_regular_file(path, ignored) ? fs::canonical(path) : path;
}

/// Pipes and devices are written in place: there is nothing to rename over.
bool is_special(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored) && !fs::is_regular_file(path, ignored);
}

fs::path temporary_for(const fs::path& path) { return fs::path(path) += fmt::format(".{}.tmp", ::getpid()); }

void write_text(const fs::path& path, const std::string& text) {
  errno = 0;
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw std::runtime_error(fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
}

/// Tries what update() will do, without touching what is there.
void check_writable(const std::string& option, const fs::path& path) {
  if (path.empty()) throw UsageError(fmt::format("{}: expected a file name, got an empty one", option));
  if (fs::is_directory(path))
    throw UsageError(fmt::format("{}: {} is a directory, expected a file", option, path.string()));
  if (is_special(path)) return;
  if (fs::exists(path) && ::access(path.c_str(), W_OK) != 0)
    throw UsageError(fmt::format("{}: cannot write {}: {}", option, path.string(), std::strerror(errno)));
  const fs::path temporary = temporary_for(path);
  try {
    write_text(temporary, "");
  } catch (const std::runtime_error&) {
    throw UsageError(fmt::format("{}: cannot write {}: {}", option, path.string(), std::strerror(errno)));
  }
  fs::remove(temporary);
}

}  // namespace

OutputFiles::OutputFiles(const RunCommand& command) {
  const auto add = [&](const char* option, const std::optional<fs::path>& asked,
                       std::string (*render)(const RunResult&)) {
    if (!asked) return;
    const fs::path path = resolved(*asked);
    for (const Report& other : reports_) {
      if (other.path == path)
        throw UsageError(fmt::format("{} and {} both go to {}", other.option, option,
                                     path == kStdout ? "stdout" : path.string()));
    }
    if (path != kStdout) check_writable(option, path);
    reports_.push_back({option, path, render});
  };
  add("--json", command.json, record::results_json);
  add("--csv", command.csv, report::csv);
  add("--markdown", command.markdown, report::markdown);
  add("--junit", command.junit, report::junit);
}

bool OutputFiles::uses_stdout() const {
  for (const Report& report : reports_)
    if (report.path == kStdout) return true;
  return false;
}

void OutputFiles::update(const RunResult& result) const {
  for (const Report& report : reports_) {
    if (report.path == kStdout || is_special(report.path)) continue;
    const fs::path temporary = temporary_for(report.path);
    write_text(temporary, report.render(result));
    fs::rename(temporary, report.path);
  }
}

void OutputFiles::finish(const RunResult& result) const {
  update(result);
  for (const Report& report : reports_) {
    if (report.path == kStdout) {
      fmt::print("{}", report.render(result));
    } else if (is_special(report.path)) {
      write_text(report.path, report.render(result));
    }
  }
}

}  // namespace nvfp4bench::cli

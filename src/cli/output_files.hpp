// Report files: known to be writable before the run, and whole at every moment of it.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "model/result.hpp"

namespace nvfp4bench::cli {

class OutputFiles {
 public:
  /// `inputs` are the files that the run read. Throws UsageError if a file that was asked for cannot be
  /// written or is one of those, or if two reports go to one place.
  explicit OutputFiles(const RunCommand& command, std::span<const std::filesystem::path> inputs = {});

  /// Throws UsageError if a report would replace what a dump puts into `folder`.
  void keep_out_of_dump(const std::filesystem::path& folder) const;

  /// Some report goes to stdout ("-"), so nothing else may.
  bool uses_stdout() const;

  /// Writes every file anew: to a temporary file beside it that is then renamed, so that a reader (or a
  /// crash) sees the old report or the new one, never half of one. Throws std::runtime_error.
  void update(const RunResult& result) const;

  /// The same for the last time, stdout and pipes included. False if an interrupt ended the wait for the
  /// reader of a pipe.
  bool finish(const RunResult& result) const;

 private:
  struct Report {
    std::string option;
    std::filesystem::path path;
    std::function<std::string(const RunResult&)> render;
  };
  std::vector<Report> reports_;
};

}  // namespace nvfp4bench::cli

// Report files: known to be writable before the run, and whole at every moment of it.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "model/result.hpp"

namespace nvfp4bench::cli {

class OutputFiles {
 public:
  /// Throws UsageError if a file that was asked for cannot be written, or two reports go to one place.
  explicit OutputFiles(const RunCommand& command);

  /// Some report goes to stdout ("-"), so nothing else may.
  bool uses_stdout() const;

  /// Writes every file anew: to a temporary file beside it that is then renamed, so that a reader (or a
  /// crash) sees the old report or the new one, never half of one. Throws std::runtime_error.
  void update(const RunResult& result) const;

  /// The same for the last time, stdout included.
  void finish(const RunResult& result) const;

 private:
  struct Report {
    std::string option;
    std::filesystem::path path;
    std::function<std::string(const RunResult&)> render;
  };
  std::vector<Report> reports_;
};

}  // namespace nvfp4bench::cli

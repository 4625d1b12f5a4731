// One progress line on stderr for steps that take longer than a second.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace nvfp4bench::cli {

/// On a terminal that knows escape codes the line is redrawn in place, no wider than the terminal is; elsewhere
/// every slow step is printed once.
class Progress {
 public:
  Progress(bool enabled, bool terminal);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// The step that runs from now on. Its detail may change without starting the clock again.
  void step(std::string_view name, std::string_view detail);
  /// No step runs.
  void done();

 private:
  void watch();
  void clear();

  bool enabled_;
  bool terminal_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string name_;  // empty: no step
  std::string detail_;
  std::string printed_;
  std::chrono::steady_clock::time_point since_;
  bool drawn_ = false;
  bool ended_ = false;
  std::thread watcher_;
};

}  // namespace nvfp4bench::cli

// A worker as the tool sees it: this program, run again, that serves one variant's calls.
#pragma once

#include <functional>
#include <optional>
#include <random>
#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "data/shared_memory.hpp"
#include "place/worker/channel.hpp"

namespace nvfp4bench::place {

/// How long to wait for an answer.
struct Patience {
  double seconds = 60;
  /// Polled meanwhile; true ends the wait with Interrupted. May be empty.
  const std::function<bool()>& stop;
};

/// Ends with the object, with the thread that made it, and whenever it has not answered in time.
class WorkerProcess {
 public:
  /// Starts it; `name` is what a process list shows. Throws std::system_error.
  explicit WorkerProcess(const std::string& name);
  ~WorkerProcess() { kill(); }
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  /// Where the worker writes what it dies of.
  int last_words_file() const { return last_words_.file(); }

  /// The answer to a request. Throws what the worker says that was thrown there (codec::rethrow); Interrupted;
  /// and, after which there is no worker any more, a std::runtime_error with what became of it.
  nlohmann::json ask(const nlohmann::json& request, const Patience& patience,
                     std::span<const int> files = {});

  /// Asks without waiting; the next ask() hears that answer first, for which it waits `seconds` at most, and
  /// throws what it throws.
  void tell(const nlohmann::json& request, double seconds, std::span<const int> files = {});

  bool alive() const { return id_ > 0; }

  /// The processor time that it has spent between an answer and the next request, since this was asked last.
  double worked_unasked_s();

 private:
  double processor_time_s() const;
  nlohmann::json hear(const Patience& patience);
  /// Until an answer can be read or the worker is gone.
  void wait_for_answer(const std::string& call, const Patience& patience);
  /// Why there will be no more answers; the process has ended then.
  std::string bury(const std::string& call);
  void kill();
  /// Waits for the end of the process for that long; whether it came.
  bool reap(double seconds);

  Channel channel_;
  data::SharedMemory last_words_;
  struct Asked {
    std::string call;
    double seconds;
    uint64_t id;  // which the answer repeats
  };
  std::optional<Asked> asked_;  // and not answered yet
  std::mt19937_64 random_{std::random_device{}()};
  double unasked_since_s_ = 0;  // by its processor time; 0 before the first answer
  double worked_unasked_s_ = 0;
  int id_ = 0;  // of the process and its group; 0 when it has ended
  int status_ = 0;
};

}  // namespace nvfp4bench::place

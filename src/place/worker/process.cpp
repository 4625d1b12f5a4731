#include "place/worker/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <sys/wait.h>

#include "place/place.hpp"
#include "place/stopwatch.hpp"
#include "place/worker/codec.hpp"
#include "place/worker/serve.hpp"

namespace nvfp4bench::place {
namespace {

/// How soon a call that hangs notices that it should stop.
constexpr int kLook_ms = 50;
/// The rest of an answer comes right after its beginning.
constexpr int kRest_s = 2;
/// A process that was killed is gone at once, unless a driver has to tear down what it did first.
constexpr double kEnding_s = 10;

/// The child's side of the socket there; 0 to 2 are as usual.
constexpr int kSocket = 3;

std::vector<char*> this_environment() {
  std::vector<char*> variables;
  for (char** variable = environ; *variable; ++variable) variables.push_back(*variable);
  return variables;
}

/// What a new process starts with.
class SpawnPlan {
 public:
  explicit SpawnPlan(int socket) {
    posix_spawn_file_actions_init(&files_);
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_adddup2(&files_, socket, kSocket);
    posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files_, STDERR_FILENO, STDOUT_FILENO);  // stdout is for reports
    // A group of its own: Ctrl-C is for the tool to hear, and what a kernel forks dies with the worker.
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  int spawn(const std::string& name) const {
    std::string program = "nvfp4bench";
    std::string option(kWorkerOption);
    std::string socket = fmt::format("{}", kSocket);
    std::string shown = name;
    std::array<char*, 5> arguments{program.data(), option.data(), socket.data(), shown.data(), nullptr};
    // For how long OpenMP's threads look for more work before they sleep: GNU's some 0.1 to 0.5 ms, LLVM's 1 ms. By
    // default they do so for up to 14 and 200 ms, which every answer of a worker would wait for.
    std::string gnu = "GOMP_SPINCOUNT=10000";
    std::string llvm = "KMP_BLOCKTIME=1";
    std::vector<char*> environment = this_environment();
    if (!std::getenv("OMP_WAIT_POLICY")) {
      if (!std::getenv("GOMP_SPINCOUNT")) environment.push_back(gnu.data());
      if (!std::getenv("KMP_BLOCKTIME")) environment.push_back(llvm.data());
    }
    environment.push_back(nullptr);
    pid_t id = 0;
    const int error =
        posix_spawn(&id, "/proc/self/exe", &files_, &attributes_, arguments.data(), environment.data());
    if (error != 0) throw std::system_error(error, std::generic_category(), "starting a worker");
    return id;
  }

 private:
  posix_spawn_file_actions_t files_;
  posix_spawnattr_t attributes_;
};

/// The part of a variant that a call is, as its author knows it.
std::string_view part_of(std::string_view call) {
  if (call == "open") return "bind()";
  if (call == "prepare") return "prepare_weights()";
  if (call == "run") return "run()";
  return "a worker";
}

std::string words_for(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "segmentation fault";
    case SIGABRT:
      return "aborted";
    case SIGKILL:
      return "killed from outside, for want of memory perhaps";
    default:
      return strsignal(signal);
  }
}

void nap() {
  const timespec millisecond{0, 1'000'000};
  nanosleep(&millisecond, nullptr);
}

}  // namespace

WorkerProcess::WorkerProcess(const std::string& name)
    : channel_(data::File()), last_words_(data::page_bytes(), data::Access::read_write) {
  auto [here, there] = Channel::pair();
  id_ = SpawnPlan(there.file()).spawn(name);
  channel_ = std::move(here);
  channel_.limit_waiting(kRest_s);
}

nlohmann::json WorkerProcess::ask(const nlohmann::json& request, const Patience& patience,
                                  std::span<const int> files) {
  if (asked_) (void)hear({asked_->seconds, patience.stop});
  tell(request, patience.seconds, files);
  return hear(patience);
}

void WorkerProcess::tell(const nlohmann::json& request, double seconds, std::span<const int> files) {
  asked_ = {request.at("call").get<std::string>(), seconds, random_()};
  if (const double now = processor_time_s(); unasked_since_s_ > 0)
    worked_unasked_s_ += std::max(0.0, now - unasked_since_s_);
  nlohmann::json with_id = request;
  with_id["id"] = asked_->id;
  if (!channel_.send(with_id, files)) throw std::runtime_error(bury(asked_->call));
}

double WorkerProcess::worked_unasked_s() { return std::exchange(worked_unasked_s_, 0); }

/// Of all its threads; 0 where the system does not say.
double WorkerProcess::processor_time_s() const {
  clockid_t clock{};
  timespec time{};
  if (!alive() || clock_getcpuclockid(id_, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

nlohmann::json WorkerProcess::hear(const Patience& patience) {
  const auto [call, seconds, id] = *std::exchange(asked_, std::nullopt);
  wait_for_answer(call, patience);
  std::optional<Message> answer;
  try {
    answer = channel_.receive();
    if (answer && answer->body.at("id") != id) throw std::runtime_error("an answer to another request");
  } catch (const std::exception&) {
    kill();  // what it sends now would be taken for answers
    throw std::runtime_error(fmt::format("{} wrote to the connection with nvfp4bench", part_of(call)));
  }
  if (!answer) throw std::runtime_error(bury(call));
  unasked_since_s_ = processor_time_s();
  if (answer->body.value("lost", false)) kill();
  if (const auto error = answer->body.find("error"); error != answer->body.end()) codec::rethrow(*error);
  return std::move(answer->body);
}

void WorkerProcess::wait_for_answer(const std::string& call, const Patience& patience) {
  const double begun = steady_seconds();
  while (true) {
    pollfd socket{channel_.file(), POLLIN, 0};
    const int ready = ::poll(&socket, 1, kLook_ms);
    if (ready > 0) return;
    if (ready < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "polling");
    if (patience.stop && patience.stop()) {
      kill();
      throw Interrupted{};
    }
    if (reap(0)) throw std::runtime_error(bury(call));  // and a child of it has the other end
    if (steady_seconds() - begun > patience.seconds) {
      kill();
      throw std::runtime_error(
          fmt::format("hangs: {} had not returned after {:g} s", part_of(call), patience.seconds));
    }
  }
}

std::string WorkerProcess::bury(const std::string& call) {
  const std::string_view part = part_of(call);
  const bool lives_on = alive() && !reap(kEnding_s);
  kill();
  if (lives_on || (WIFEXITED(status_) && WEXITSTATUS(status_) == kCutOff))
    return fmt::format("{} closed the connection to nvfp4bench", part);
  if (WIFEXITED(status_))
    return fmt::format("{} ended the process, with exit code {}", part, WEXITSTATUS(status_));
  const auto* const text = reinterpret_cast<const char*>(last_words_.data());
  const std::string_view words(text, strnlen(text, last_words_.size()));
  return fmt::format("{} crashed: {}", part, words.empty() ? words_for(WTERMSIG(status_)) : words);
}

void WorkerProcess::kill() {
  if (!alive()) return;
  ::kill(-id_, SIGKILL);
  ::kill(id_, SIGKILL);  // before it has a group
  (void)reap(kEnding_s);
  id_ = 0;
}

bool WorkerProcess::reap(double seconds) {
  const double begun = steady_seconds();
  while (alive()) {
    const pid_t ended = ::waitpid(id_, &status_, WNOHANG);
    if (ended == id_ || (ended < 0 && errno == ECHILD)) {
      ::kill(-id_, SIGKILL);  // what it has forked
      id_ = 0;
    }
    if (!alive() || steady_seconds() - begun >= seconds) break;
    nap();
  }
  return !alive();
}

}  // namespace nvfp4bench::place

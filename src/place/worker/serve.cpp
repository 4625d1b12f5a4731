#include "place/worker/serve.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "place/device_place.hpp"
#include "place/host_memory.hpp"
#include "place/host_place.hpp"
#include "place/stopwatch.hpp"
#include "place/worker/brought.hpp"
#include "place/worker/channel.hpp"
#include "place/worker/codec.hpp"
#include "place/worker/faults.hpp"
#include "place/worker/idle_threads.hpp"

namespace nvfp4bench::place {
namespace {

using codec::Json;

class Server {
 public:
  explicit Server(std::span<const kernels::Variant* const> variants) : variants_(variants) {}

  Json answer(const Message& message) {
    Json answer = Json::object();
    try {
      call(message.body.at("call"), message, answer);
    } catch (...) {
      answer = {{"error", codec::encode_error(std::current_exception())}};
    }
    if (place_ && place_->lost()) answer["lost"] = true;
    // OpenMP's spin for a while after their work, which would be in the time of whoever runs next.
    if (!on_gpu_) let_threads_sleep();
    if (session_) answer["remarks"] = session_->remarks();
    answer["id"] = message.body.at("id");
    return answer;
  }

 private:
  void call(const std::string& name, const Message& message, Json& answer) {
    const Json& request = message.body;
    if (name == "start") {
      start(request, message.files.at(0).get());
    } else if (name == "facts") {
      answer["facts"] = codec::encode(place_->facts(request.at("measure")));
    } else if (name == "bring") {
      bring(request, message.files);
    } else if (name == "open") {
      session_ = brought_->stage->open(variant(request.at("variant")));
      answer["methods"] = std::vector<Method>(session_->methods().begin(), session_->methods().end());
    } else if (name == "prepare") {
      const std::optional<double> seconds = session_->prepare();
      answer["seconds"] = seconds ? Json(*seconds) : Json(nullptr);
      answer["workspace_bytes"] = session_->workspace_bytes();
    } else if (name == "renew") {
      session_->renew(codec::decode_pieces(request.at("pieces")));
    } else if (name == "poison") {
      session_->poison(request.at("pattern"));
    } else if (name == "settle") {
      if (!on_gpu_) make_threads();
      session_->settle(request.at("method"));
    } else if (name == "run") {
      brought_->outputs.watch(request.at("watched"));
      answer["sample"] = codec::encode(run(request.at("method")));
      answer["seen"] = brought_->outputs.seen();
    } else if (name == "fetch") {
      session_->fetch();
    } else if (name == "damage") {
      answer["damage"] = session_->damage();
    } else if (name == "close") {
      session_.reset();
      explain_faults_by(nullptr);
      brought_.reset();
    } else {
      throw std::logic_error("no such call: " + name);
    }
  }

  void start(const Json& request, int last_words) {
    last_words_ = data::map_guarded(last_words, data::page_bytes(), data::Access::read_write);
    leave_last_words(
        {reinterpret_cast<char*>(last_words_.data() + data::kGuardSpaceBytes), data::page_bytes()});
    machine_ = codec::decode_machine(request.at("machine"));
    on_gpu_ = request.at("on_gpu");
    place_ = on_gpu_ ? open_device(machine_) : open_host(machine_);
    if (!on_gpu_ && !request.at("timed").get<bool>()) (void)place_->facts(false);
    if (!on_gpu_) make_threads();  // OpenMP binds this thread then, if it is to: that is no kernel's doing
  }

  void bring(const Json& request, const std::vector<data::File>& files) {
    brought_ = std::make_unique<Brought>(*place_, codec::decode_view(request.at("view")), files.at(0).get(),
                                         files.at(1).get(), request.at("outputs_size"));
    explain_faults_by(brought_.get());
    // CUDA reserves far more than it uses; and what a GPU kernel exhausts is not this memory.
    if (!on_gpu_) limit_memory(machine_.threads);
  }

  void make_threads() const {
#pragma omp parallel num_threads(machine_.threads)
    {}
  }

  Sample run(Method method) {
    // There before the call, as they are for all but the first call in other programs.
    if (!on_gpu_) make_threads();
    return session_->run(method);
  }

  const kernels::Variant& variant(const std::string& name) const {
    for (const kernels::Variant* variant : variants_) {
      if (variant->name == name) return *variant;
    }
    throw std::logic_error("no variant " + name);
  }

  std::span<const kernels::Variant* const> variants_;
  data::Mapping last_words_;
  kernels::Machine machine_;
  bool on_gpu_ = false;
  std::unique_ptr<Place> place_;
  std::unique_ptr<Brought> brought_;
  std::unique_ptr<Session> session_;
};

/// A worker ends with the tool, before it where memory runs out, and has no files but its own.
void settle(int socket) {
  (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::ofstream("/proc/self/oom_score_adj") << 1000;
#ifdef SYS_close_range
  (void)syscall(SYS_close_range, socket + 1, ~0U, 0);
#endif
}

}  // namespace

int serve(int socket, std::span<const kernels::Variant* const> variants) {
  settle(socket);
  const Channel channel{data::File(socket)};
  Server server(variants);
  int code = 0;
  try {
    while (const std::optional<Message> request = channel.receive()) {
      if (!channel.send(server.answer(*request))) break;
    }
  } catch (...) {
    code = kCutOff;
  }
  std::_Exit(code);  // tearing down in order could wait for a GPU, or meet a broken heap
}

}  // namespace nvfp4bench::place

#include "place/worker_place.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "data/shared_operands.hpp"
#include "place/stopwatch.hpp"
#include "place/worker/codec.hpp"
#include "place/worker/idle_threads.hpp"
#include "place/worker/process.hpp"

namespace nvfp4bench::place {
namespace {

using codec::Json;

constexpr double kTimeout_s = 60;
/// What the slowest honest kernel does: plain scalar code on one thread.
constexpr double kSlowest_flops_per_s = 5e8;
/// Words of the outputs that are looked at as soon as a call has returned.
constexpr std::size_t kWatchedWords = 256;
/// Between two requests a worker waits; that it begins and ends to do so takes some microseconds, more on a busy
/// machine. A kernel could use the rest of this for the next call.
constexpr double kUnasked_s = 2e-3;
/// To give memory back.
constexpr double kClosing_s = 10;

double default_timeout_s(const ProblemView& view) {
  double flops = 0;
  for (const GroupView& group : view.groups) {
    flops += (view.op == Op::gemm ? 2.0 : 4.0) * static_cast<double>(group.m()) *
             static_cast<double>(group.n()) * static_cast<double>(group.k()) * static_cast<double>(group.l());
  }
  return std::max(kTimeout_s, flops / kSlowest_flops_per_s);
}

void copy(std::span<uint8_t> to, const uint8_t* from, int threads) {
  constexpr std::size_t kPart = 1 << 18;
#pragma omp parallel for num_threads(threads) schedule(static)
  for (std::size_t begin = 0; begin < to.size(); begin += kPart)
    std::memcpy(to.data() + begin, from + begin, std::min(kPart, to.size() - begin));
}

class WorkerPlace : public Place {
 public:
  WorkerPlace(const kernels::Machine& machine, bool on_gpu, WorkerOptions options)
      : start_{{"call", "start"}, {"machine", codec::encode(machine)}, {"on_gpu", on_gpu}, {"timed", true}},
        on_gpu_(on_gpu),
        threads_(machine.threads),
        options_(std::move(options)) {}

  Facts facts(bool measure) override {
    start_["timed"] = measure;
    const auto worker = begin("measuring");
    const Json answer = worker->ask({{"call", "facts"}, {"measure", measure}},
                                    patience(options_.timeout_s.value_or(kTimeout_s)));
    return codec::decode_facts(answer.at("facts"));
  }

  std::unique_ptr<Stage> bring(const ProblemView& host, data::OutputImage& outputs) override;
  bool lost() override { return false; }

  /// The worker of a variant, a new one if there is none alive.
  WorkerProcess& worker_of(const kernels::Variant& variant) {
    std::unique_ptr<WorkerProcess>& worker = workers_[&variant];
    if (!worker || !worker->alive()) worker = begin(std::string(variant.name));
    return *worker;
  }

  /// Workers begin side by side, since it takes some tenths of a second until a GPU answers a new process.
  void expect(std::span<const kernels::Variant* const> variants) override {
    for (const kernels::Variant* variant : variants) (void)worker_of(*variant);
  }

  bool on_gpu() const { return on_gpu_; }
  int threads() const { return threads_; }
  const std::optional<double>& timeout_s() const { return options_.timeout_s; }
  Patience patience(double seconds) const { return {seconds, options_.stop}; }

 private:
  std::unique_ptr<WorkerProcess> begin(const std::string& name) const {
    auto worker = std::make_unique<WorkerProcess>(name);
    worker->tell(start_, kTimeout_s, std::array{worker->last_words_file()});
    return worker;
  }

  Json start_;
  const bool on_gpu_;
  const int threads_;
  const WorkerOptions options_;
  std::map<const kernels::Variant*, std::unique_ptr<WorkerProcess>> workers_;
};

/// The problem in memory that workers share with the tool.
class WorkerStage : public Stage {
 public:
  WorkerStage(WorkerPlace& its_place, const ProblemView& host, data::OutputImage& its_outputs)
      : place(its_place),
        timeout_s(its_place.timeout_s().value_or(default_timeout_s(host))),
        description(codec::encode(host)),
        operands(data::share_operands(host)),
        shared_outputs(its_outputs.memory().size(), data::Access::read_write),
        outputs(its_outputs),
        host_(host) {}

  std::unique_ptr<Session> open(const kernels::Variant& variant) override;

  /// Brings pieces to the shared copy, as Session::renew.
  void renew(std::span<const data::Piece> pieces) {
    data::copy_pieces(renewed_, host_, operands.view);
    data::copy_pieces(pieces, host_, operands.view);
    renewed_.assign(pieces.begin(), pieces.end());
  }

  WorkerPlace& place;
  const double timeout_s;
  const Json description;
  const data::SharedOperands operands;
  const data::SharedMemory shared_outputs;
  data::OutputImage& outputs;

 private:
  const ProblemView& host_;
  std::vector<data::Piece> renewed_;  // by the last call
};

class WorkerSession : public Session {
 public:
  WorkerSession(WorkerStage& stage, const kernels::Variant& variant)
      : stage_(stage), worker_(stage.place.worker_of(variant)) {
    const std::array files{stage.operands.memory.file(), stage.shared_outputs.file()};
    worker_.ask(
        {{"call", "bring"}, {"view", stage.description}, {"outputs_size", stage.shared_outputs.size()}},
        stage.place.patience(stage.timeout_s), files);
    try {
      const Json answer = ask({{"call", "open"}, {"variant", variant.name}});
      answer.at("methods").get_to(methods_);
      (void)worker_.worked_unasked_s();  // it has let go of a description of the problem, which may be long
    } catch (...) {
      close();
      throw;
    }
  }
  ~WorkerSession() override { close(); }

  std::optional<double> prepare() override {
    const Json answer = ask({{"call", "prepare"}});
    workspace_bytes_ = answer.at("workspace_bytes");
    const Json& seconds = answer.at("seconds");
    prepares_weights_ = !seconds.is_null();
    return prepares_weights_ ? std::optional(seconds.get<double>()) : std::nullopt;
  }
  bool prepares_weights() const override { return prepares_weights_; }
  int64_t workspace_bytes() const override { return workspace_bytes_; }
  /// A GPU's operands move when calls are rotated, and are dear to bring again.
  bool moves() const override { return !stage_.place.on_gpu(); }
  void renew(std::span<const data::Piece> pieces) override {
    stage_.renew(pieces);
    // Where the kernel reads the shared copy itself, nothing is left to bring, and its process need not know.
    if (stage_.place.on_gpu()) ask({{"call", "renew"}, {"pieces", codec::encode(pieces)}});
  }
  void poison(uint32_t pattern) override { ask({{"call", "poison"}, {"pattern", pattern}}); }
  std::span<const Method> methods() const override { return methods_; }

  void settle(Method method) override {
    if (stage_.place.on_gpu() && !is_warm(method)) return;
    if (!stage_.place.on_gpu()) end_threads();
    ask({{"call", "settle"}, {"method", method}});
  }

  Sample run(Method method) override {
    if (!stage_.place.on_gpu()) end_threads();  // they may still spin, and that would be in the sample
    // What a GPU writes is not seen there until it is fetched.
    watched_.clear();
    if (!stage_.place.on_gpu()) watched_ = stage_.outputs.draw_words(random_, kWatchedWords);
    const double begun = steady_seconds();
    const Json answer = ask({{"call", "run"}, {"method", method}, {"watched", watched_}});
    Sample sample = codec::decode_sample(answer.at("sample"));
    const double outside_s = steady_seconds() - begun;
    if (!stage_.place.on_gpu()) sample.outside_s = outside_s;
    answer.at("seen").get_to(seen_);
    return sample;
  }

  /// What is judged is a copy: the worker may still write to its own.
  void fetch() override {
    if (stage_.place.on_gpu()) ask({{"call", "fetch"}});
    copy(stage_.outputs.memory(), stage_.shared_outputs.data(), stage_.place.threads());
  }

  std::string damage() override {
    for (std::size_t i = 0; i < watched_.size(); ++i) {
      if (stage_.outputs.word(watched_[i]) != seen_.at(i)) return "was still writing after it had returned";
    }
    if (const double worked_s = worker_.worked_unasked_s(); !stage_.place.on_gpu() && worked_s > kUnasked_s)
      return fmt::format("computed for {:.1f} ms while nothing was asked of it", 1e3 * worked_s);
    // A CPU's operands cannot be written.
    return stage_.place.on_gpu() ? ask({{"call", "damage"}}).at("damage").get<std::string>() : "";
  }
  std::vector<std::string> remarks() const override { return remarks_; }

 private:
  Json ask(const Json& request) {
    Json answer = worker_.ask(request, stage_.place.patience(stage_.timeout_s));
    if (const auto remarks = answer.find("remarks"); remarks != answer.end()) remarks->get_to(remarks_);
    return answer;
  }

  void close() noexcept {
    if (!worker_.alive()) return;
    try {
      worker_.ask({{"call", "close"}}, stage_.place.patience(kClosing_s));
    } catch (...) {
      // A worker that cannot do that has ended, or is replaced when it fails the next call.
    }
  }

  WorkerStage& stage_;
  WorkerProcess& worker_;
  std::vector<Method> methods_;
  std::vector<std::string> remarks_;
  int64_t workspace_bytes_ = 0;
  bool prepares_weights_ = false;
  std::mt19937_64 random_{std::random_device{}()};
  std::vector<std::size_t> watched_;  // in the call before, and what was there when it returned
  std::vector<uint32_t> seen_;
};

std::unique_ptr<Stage> WorkerPlace::bring(const ProblemView& host, data::OutputImage& outputs) {
  return std::make_unique<WorkerStage>(*this, host, outputs);
}

std::unique_ptr<Session> WorkerStage::open(const kernels::Variant& variant) {
  renew({});  // what changed for another variant
  return std::make_unique<WorkerSession>(*this, variant);
}

}  // namespace

std::unique_ptr<Place> open_workers(const kernels::Machine& machine, bool on_gpu, WorkerOptions options) {
  return std::make_unique<WorkerPlace>(machine, on_gpu, std::move(options));
}

}  // namespace nvfp4bench::place

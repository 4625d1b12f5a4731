// Variants that remember: each is right on operands that stay as they are, and does less than it is paid for.
#include <atomic>
#include <chrono>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "data/operand_arrays.hpp"
#include "wrong_kernels/wrong_kernels.hpp"

namespace nvfp4bench::wrong_kernels {
namespace {

constexpr std::string_view kReal = "cpu/fused_interleaved";

using Bytes = std::vector<uint8_t>;
using Outputs = std::vector<Bytes>;

Outputs outputs_of(const ProblemView& problem) {
  Outputs outputs;
  for (const GroupView& group : problem.groups) {
    const auto* const c = static_cast<const uint8_t*>(group.c);
    outputs.emplace_back(c, c + group.l() * group.m() * group.n() * bytes_per_element(problem.output));
  }
  return outputs;
}

void write(const Bytes& output, const GroupView& group) {
  if (!output.empty()) std::memcpy(group.c, output.data(), output.size());
}

void write(const Outputs& outputs, const ProblemView& problem) {
  for (std::size_t g = 0; g < outputs.size(); ++g) write(outputs[g], problem.groups[g]);
}

/// A copy of operands, and a view of it.
struct Copy {
  std::vector<Bytes> arrays;
  ProblemView view;

  enum class What { all, scales };
  Copy(const ProblemView& problem, What what) : view(problem) {
    for (const data::OperandArray& array : data::operand_arrays(view)) {
      if (what == What::scales && std::string_view(array.what).find("scales") == std::string_view::npos)
        continue;
      arrays.emplace_back(array.pointer, array.pointer + array.bytes);
      array.pointer = arrays.back().data();
    }
  }
};

/// What a cheat works with; `call` counts from 1.
struct Memory {
  const ProblemView& problem;
  kernels::Kernel& honest;
  int threads = 1;
  int call = 0;
  Outputs kept = {};
};

using Run = void (*)(Memory& memory, kernels::RunContext& context);

struct Cheat : kernels::Variant {
  Run run = nullptr;
};

class CheatKernel : public kernels::Kernel {
 public:
  CheatKernel(const Cheat& variant, const ProblemView& problem, const kernels::Machine& machine)
      : variant_(variant),
        honest_(bind_real(kReal, problem, machine)),
        memory_{problem, *honest_, machine.threads} {}

  void run(kernels::RunContext& context) override {
    ++memory_.call;
    variant_.run(memory_, context);
  }

 private:
  const Cheat& variant_;
  std::unique_ptr<kernels::Kernel> honest_;
  Memory memory_;
};

/// The row of the real variant, under another name and with another kernel.
void describe(kernels::Variant& variant, std::string_view name, std::string_view summary,
              decltype(kernels::Variant::bind) bind) {
  variant.name = name;
  variant.summary = summary;
  variant.numerics = real(kReal).numerics;
  variant.why_not = real(kReal).why_not;
  variant.bind = bind;
}

Cheat cheat(std::string_view name, std::string_view summary, Run run) {
  Cheat variant;
  describe(variant, name, summary,
           [](const kernels::Variant& self, const ProblemView& problem,
              const kernels::Machine& machine) -> std::unique_ptr<kernels::Kernel> {
             return std::make_unique<CheatKernel>(static_cast<const Cheat&>(self), problem, machine);
           });
  variant.run = run;
  return variant;
}

template <class Kernel>
kernels::Variant like_real(std::string_view name, std::string_view summary) {
  kernels::Variant variant;
  describe(variant, name, summary,
           [](const kernels::Variant&, const ProblemView& problem, const kernels::Machine& machine)
               -> std::unique_ptr<kernels::Kernel> { return std::make_unique<Kernel>(problem, machine); });
  return variant;
}

/// Computes when its weights are prepared, and keeps the result.
class PreparesAll : public kernels::Kernel {
 public:
  PreparesAll(const ProblemView& problem, const kernels::Machine& machine)
      : problem_(problem), honest_(bind_real(kReal, problem, machine)) {}
  bool prepares_weights() const override { return true; }
  void prepare_weights(kernels::RunContext& context) override {
    honest_->run(context);
    kept_ = outputs_of(problem_);
  }
  void run(kernels::RunContext&) override { write(kept_, problem_); }

 private:
  const ProblemView& problem_;
  std::unique_ptr<kernels::Kernel> honest_;
  Outputs kept_;
};

/// Right, with a thread that is busy all the time, so that it could compute what the next call will ask for.
class WorksAhead : public kernels::Kernel {
 public:
  WorksAhead(const ProblemView& problem, const kernels::Machine& machine)
      : honest_(bind_real(kReal, problem, machine)), thread_([this](const std::stop_token& stop) {
          while (!stop.stop_requested()) ++turns_;
        }) {}
  void run(kernels::RunContext& context) override { honest_->run(context); }

 private:
  std::unique_ptr<kernels::Kernel> honest_;
  std::atomic<int64_t> turns_ = 0;
  std::jthread thread_;
};

/// The real kernel, bound to a copy of what this one was given.
template <Copy::What kWhat>
class CopiesAtBind : public kernels::Kernel {
 public:
  CopiesAtBind(const ProblemView& problem, const kernels::Machine& machine)
      : copy_(problem, kWhat), honest_(bind_real(kReal, copy_.view, machine)) {}
  void run(kernels::RunContext& context) override { honest_->run(context); }

 private:
  Copy copy_;
  std::unique_ptr<kernels::Kernel> honest_;
};

/// Runs honestly where `works` says so, and writes what was kept then where it does not.
template <class Works>
void keep(Memory& memory, kernels::RunContext& context, Works works) {
  if (!memory.kept.empty() && !works(memory.call)) return write(memory.kept, memory.problem);
  memory.honest.run(context);
  memory.kept = outputs_of(memory.problem);
}

void flip_last_bit(const ProblemView& problem) {
  for (const GroupView& group : problem.groups) {
    if (group.m() > 0) return void(*static_cast<uint8_t*>(group.c) ^= 1);
  }
}

}  // namespace

std::span<const kernels::Variant* const> cheats() {
  static const Cheat kCheats[] = {
      cheat("wrong/first_call_only", "writes nothing after its first call",
            [](Memory& memory, kernels::RunContext& context) {
              if (memory.call == 1) memory.honest.run(context);
            }),
      cheat("wrong/every_other_call", "returns the result before in every other call",
            [](Memory& memory, kernels::RunContext& context) {
              keep(memory, context, [](int call) { return call % 2 == 1; });
            }),
      cheat("wrong/every_37th_call", "returns the result before in every 37th call",
            [](Memory& memory, kernels::RunContext& context) {
              keep(memory, context, [](int call) { return call % 37 != 0; });
            }),
      cheat("wrong/keeps_first_result", "returns the result of its first call ever after",
            [](Memory& memory, kernels::RunContext& context) {
              keep(memory, context, [](int) { return false; });
            }),
      cheat("wrong/paces_itself", "returns the result of its first call after half the time that took",
            [](Memory& memory, kernels::RunContext& context) {
              static std::chrono::steady_clock::duration took;
              const auto begun = std::chrono::steady_clock::now();
              keep(memory, context, [](int) { return false; });
              if (memory.call == 1) took = (std::chrono::steady_clock::now() - begun) / 2;
              while (std::chrono::steady_clock::now() - begun < took) std::this_thread::yield();
            }),
      cheat("wrong/keeps_by_address", "returns what it computed for these addresses before",
            [](Memory& memory, kernels::RunContext& context) {
              static std::map<const void*, Outputs> known;
              Outputs& kept = known[memory.problem.groups[0].b1.codes];
              if (!kept.empty()) return write(kept, memory.problem);
              memory.honest.run(context);
              kept = outputs_of(memory.problem);
            }),
      cheat("wrong/keeps_by_beginning", "returns what it computed for operands that began in the same way",
            [](Memory& memory, kernels::RunContext& context) {
              static std::map<std::string, Outputs> known;
              std::string beginning;
              ProblemView view = memory.problem;
              for (const data::OperandArray& array : data::operand_arrays(view))
                beginning.insert(beginning.end(), array.pointer,
                                 array.pointer + std::min<int64_t>(8, array.bytes));
              Outputs& kept = known[beginning];
              if (!kept.empty()) return write(kept, memory.problem);
              memory.honest.run(context);
              kept = outputs_of(memory.problem);
            }),
      cheat("wrong/keeps_last_group", "returns the first result for its last group",
            [](Memory& memory, kernels::RunContext& context) {
              memory.honest.run(context);
              if (memory.call == 1) memory.kept = outputs_of(memory.problem);
              write(memory.kept.back(), memory.problem.groups.back());
            }),
      cheat("wrong/nondeterministic", "another last bit in every third call, and says that it never differs",
            [](Memory& memory, kernels::RunContext& context) {
              memory.honest.run(context);
              if (memory.call % 3 == 0) flip_last_bit(memory.problem);
            }),
      cheat("wrong/three_threads", "an element is wrong, but only with three threads",
            [](Memory& memory, kernels::RunContext& context) {
              memory.honest.run(context);
              if (memory.threads == 3) flip_last_bit(memory.problem);
            }),
      cheat("wrong/bound_once", "computes from the addresses that it was bound to first",
            [](Memory& memory, kernels::RunContext& context) {
              static const ProblemView first = memory.problem;
              static const std::unique_ptr<kernels::Kernel> bound =
                  bind_real(kReal, first, {.isa = Isa::portable, .threads = 1});
              bound->run(context);
              write(outputs_of(first), memory.problem);
            }),
  };
  static const kernels::Variant kOthers[] = {
      like_real<CopiesAtBind<Copy::What::all>>("wrong/copies_operands",
                                               "computes from a copy of the operands made when it was bound"),
      like_real<CopiesAtBind<Copy::What::scales>>("wrong/copies_scales",
                                                  "takes scales from a copy made when it was bound"),
      like_real<PreparesAll>("wrong/prepares_all", "computes everything when its weights are prepared"),
      like_real<WorksAhead>("wrong/works_ahead", "has a thread that works between calls"),
  };
  static const std::vector<const kernels::Variant*> kAll = [] {
    std::vector<const kernels::Variant*> all;
    for (const Cheat& variant : kCheats) all.push_back(&variant);
    for (const kernels::Variant& variant : kOthers) all.push_back(&variant);
    return all;
  }();
  return kAll;
}

}  // namespace nvfp4bench::wrong_kernels

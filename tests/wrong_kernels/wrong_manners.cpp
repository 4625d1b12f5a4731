// Variants that compute the right thing and then do something to the process that they run in.
#include <algorithm>
#include <atomic>
#include <cfenv>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <omp.h>
#include <sched.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <sys/syscall.h>

#include "data/operand_arrays.hpp"
#include "data/poison.hpp"
#include "wrong_kernels/wrong_kernels.hpp"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace nvfp4bench::wrong_kernels {
namespace {

constexpr std::string_view kReal = "cpu/fused_interleaved";

/// `given` is what bind was given, `kept` a copy of it.
using Deed = void (*)(ProblemView& given, const ProblemView& kept);

struct IllMannered : kernels::Variant {
  Deed deed = nullptr;
};

class IllManneredKernel : public kernels::Kernel {
 public:
  IllManneredKernel(const IllMannered& variant, const ProblemView& given, const kernels::Machine& machine)
      : variant_(variant),
        given_(const_cast<ProblemView&>(given)),
        kept_(given),
        kernel_(bind_real(kReal, given, machine)) {}

  void run(kernels::RunContext& context) override {
    kernel_->run(context);
    variant_.deed(given_, kept_);
  }

 private:
  const IllMannered& variant_;
  ProblemView& given_;
  const ProblemView kept_;
  std::unique_ptr<kernels::Kernel> kernel_;
};

constexpr IllMannered after_right_work(std::string_view name, std::string_view summary, Deed deed) {
  IllMannered variant;
  variant.name = name;
  variant.summary = summary;
  variant.numerics = {Accumulator::fp32_per_block, SiluTier::accurate, true};
  variant.why_not = [](const kernels::Variant&, const Problem& problem, const kernels::Machine& machine) {
    return kernels::why_not(real(kReal), problem, machine);
  };
  variant.bind = [](const kernels::Variant& self, const ProblemView& problem,
                    const kernels::Machine& machine) -> std::unique_ptr<kernels::Kernel> {
    return std::make_unique<IllManneredKernel>(static_cast<const IllMannered&>(self), problem, machine);
  };
  variant.deed = deed;
  return variant;
}

uint8_t* volatile g_nowhere = reinterpret_cast<uint8_t*>(16);

void write_to(const uint8_t* operand) {
  volatile uint8_t& first = *const_cast<uint8_t*>(operand);
  first = static_cast<uint8_t>(first ^ 0x88);
}

void overflow_stack(ProblemView& given, const ProblemView& kept) {
  volatile char frame[4096];
  frame[0] = 1;
  if (!kept.groups.empty()) overflow_stack(given, kept);
  frame[1] = frame[0];
}

void exhaust_memory() {
  // Little of it is touched: other programs on this machine need theirs.
  constexpr std::size_t kPiece = std::size_t{1} << 30;
  const auto memory = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE));
  std::vector<std::unique_ptr<char[]>> pieces;
  while (pieces.size() * kPiece < 4 * memory) pieces.emplace_back(new char[kPiece])[0] = 1;
  throw std::runtime_error("was given four times the memory that there is");
}

void write_zeros_behind_an_empty_view(ProblemView& given, const ProblemView& kept) {
  for (const GroupView& group : kept.groups)
    data::fill_poison(group.c, group.m() * group.n() * group.l(), kept.output, 0);
  given.groups.clear();
}

/// Takes the output back, and has a thread put it there again as soon as that can run.
void write_late(ProblemView&, const ProblemView& kept) {
  struct Late {
    uint8_t* c;
    std::vector<uint8_t> output;
  };
  std::vector<Late> late;
  for (const GroupView& group : kept.groups) {
    auto* const c = static_cast<uint8_t*>(group.c);
    const int64_t bytes = group.m() * group.n() * group.l() * bytes_per_element(kept.output);
    late.push_back({c, {c, c + bytes}});
    std::fill_n(c, bytes, uint8_t{0});
  }
  std::thread([late = std::move(late)] {
    for (const Late& group : late) std::copy(group.output.begin(), group.output.end(), group.c);
  }).detach();
}

/// What clock_gettime leaves out of the time that has passed.
std::atomic<long> g_stolen_ns{0};

void set_clock_back(ProblemView&, const ProblemView&) {
  constexpr long kPause_ns = 150'000'000;
  const timespec pause{0, kPause_ns};
  nanosleep(&pause, nullptr);
  g_stolen_ns += kPause_ns;
}

const IllMannered kVariants[] = {
    after_right_work("wrong/segfaults", "writes to where nothing is",
                     [](ProblemView&, const ProblemView&) { *g_nowhere = 1; }),
    after_right_work("wrong/segfaults_later", "writes to where nothing is, in its sixth run",
                     [](ProblemView&, const ProblemView&) {
                       static int runs = 0;
                       if (++runs == 6) *g_nowhere = 1;
                     }),
    after_right_work("wrong/aborts", "calls abort()", [](ProblemView&, const ProblemView&) { std::abort(); }),
    after_right_work("wrong/exits", "calls exit(0)", [](ProblemView&, const ProblemView&) { std::exit(0); }),
    after_right_work("wrong/throws_a_number", "throws what is not an exception",
                     [](ProblemView&, const ProblemView&) { throw 42; }),
    after_right_work("wrong/hangs", "never returns",
                     [](ProblemView&, const ProblemView&) {
                       while (true) pause();
                     }),
    after_right_work("wrong/overflows_stack", "calls itself without end", overflow_stack),
    after_right_work("wrong/exhausts_memory", "allocates more than there is",
                     [](ProblemView&, const ProblemView&) { exhaust_memory(); }),
    after_right_work("wrong/writes_late", "returns before its output is written", write_late),
    after_right_work("wrong/sets_clock_back", "pauses, and hides that from the clock", set_clock_back),
    after_right_work("wrong/writes_to_socket", "writes to the connection with the tool, and hangs",
                     [](ProblemView&, const ProblemView&) {
                       (void)!write(3, "x", 1);
                       while (true) pause();
                     }),
    after_right_work("wrong/closes_files", "closes files that are not its own",
                     [](ProblemView&, const ProblemView&) {
                       for (int file = 3; file < 1000; ++file) close(file);
                     }),
    after_right_work("wrong/writes_weights", "flips signs of b1 in place",
                     [](ProblemView&, const ProblemView& kept) { write_to(kept.groups[0].b1.codes); }),
    after_right_work("wrong/writes_scales", "changes a scale of a in place",
                     [](ProblemView&, const ProblemView& kept) { write_to(kept.groups[0].a.scales); }),
    after_right_work("wrong/reads_beyond", "reads past the end of b2's scales",
                     [](ProblemView&, const ProblemView& kept) {
                       ProblemView view = kept;
                       const data::OperandArray last = data::operand_arrays(view).back();
                       (void)static_cast<const volatile uint8_t*>(last.pointer)[last.bytes];
                     }),
    after_right_work("wrong/clears_view", "writes zeros, and leaves no groups to judge",
                     write_zeros_behind_an_empty_view),
    after_right_work("wrong/prints", "prints to stdout",
                     [](ProblemView&, const ProblemView&) { (void)!write(STDOUT_FILENO, "}\n", 2); }),
#if defined(__x86_64__)
    after_right_work("wrong/flushes_subnormals", "leaves subnormals counting as zero",
                     [](ProblemView&, const ProblemView&) { _mm_setcsr(_mm_getcsr() | 0x8040); }),
#endif
    after_right_work("wrong/rounds_upward", "leaves the rounding mode changed",
                     [](ProblemView&, const ProblemView&) { std::fesetround(FE_UPWARD); }),
    after_right_work("wrong/leaves_handler", "leaves a signal handler behind",
                     [](ProblemView&, const ProblemView&) { std::signal(SIGTERM, SIG_IGN); }),
    after_right_work("wrong/leaves_locale", "leaves the locale changed",
                     [](ProblemView&, const ProblemView&) { std::setlocale(LC_ALL, "C.UTF-8"); }),
    after_right_work("wrong/leaves_threads", "leaves OpenMP's number of threads changed",
                     [](ProblemView&, const ProblemView&) { omp_set_num_threads(7); }),
    after_right_work("wrong/leaves_affinity", "leaves its thread on one CPU",
                     [](ProblemView&, const ProblemView&) {
                       cpu_set_t one;
                       CPU_ZERO(&one);
                       CPU_SET(sched_getcpu(), &one);
                       (void)sched_setaffinity(0, sizeof one, &one);
                     }),
};

}  // namespace

std::vector<const kernels::Variant*> ill_mannered() {
  std::vector<const kernels::Variant*> variants;
  for (const IllMannered& variant : kVariants) variants.push_back(&variant);
  return variants;
}

}  // namespace nvfp4bench::wrong_kernels

/// In place of the C library's, for everything in this program.
extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  constexpr long kSecond_ns = 1'000'000'000;
  const long result = syscall(SYS_clock_gettime, clock, time);
  if (result != 0) return static_cast<int>(result);
  const long stolen = nvfp4bench::wrong_kernels::g_stolen_ns;
  time->tv_sec -= stolen / kSecond_ns;
  time->tv_nsec -= stolen % kSecond_ns;
  if (time->tv_nsec < 0) {
    time->tv_nsec += kSecond_ns;
    --time->tv_sec;
  }
  return 0;
}

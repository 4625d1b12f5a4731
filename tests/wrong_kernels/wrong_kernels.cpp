#include "wrong_kernels/wrong_kernels.hpp"

#include <stdexcept>
#include <string>

#include "kernels/registry.hpp"

namespace nvfp4bench::wrong_kernels {
namespace {

const std::vector<std::span<const DirectVariant>>& direct_tables() {
  static const std::vector<std::span<const DirectVariant>> kTables{wrong_sums(), wrong_decoding(),
                                                                   wrong_epilogues(), wrong_addresses()};
  return kTables;
}

constexpr Expectation kAnywhere{"smoke", "ragged"};

/// Shown by two runs on operands that differ.
constexpr Expectation kRemembers{"smoke", "ragged", Status::failed, "operands had changed in a few places"};

constexpr Expectation failed(std::string_view says, std::string_view options = "--check-only") {
  return {"smoke", "ragged", Status::failed, says, {}, options};
}
constexpr Expectation errored(std::string_view says, std::string_view options = "--check-only") {
  return {"smoke", "ragged", Status::errored, says, {}, options};
}
constexpr std::string_view kManyRuns = "--samples 45";

/// Of those that are not in a table of their own.
constexpr Case kCases[] = {
    {"wrong/gemm_only", kAnywhere},
    {"wrong/swapped_b1_b2", kAnywhere},
    {"wrong/swapped_nibbles", kAnywhere},
    {"wrong/linear_scales", kAnywhere},
    {"wrong/last_k_tile_lost", kAnywhere},
    {"wrong/b1_b2_swapped_once", kAnywhere},
    {"wrong/one_element_skipped", failed("never written")},
    {"wrong/nan_everywhere", kAnywhere},
    {"wrong/writes_outside", failed("wrote outside its output")},
    {"wrong/refuses_work", {"correctness", "one_by_one", Status::skipped, "too much work"}},

    {"wrong/first_call_only", kRemembers},
    {"wrong/every_other_call", kRemembers},
    {"wrong/every_37th_call", failed("operands had changed in a few places", kManyRuns)},
    {"wrong/keeps_first_result", kRemembers},
    {"wrong/paces_itself", kRemembers},
    {"wrong/keeps_by_address", kRemembers},
    {"wrong/keeps_by_beginning", failed("operands had changed in a few places", kManyRuns)},
    {"wrong/keeps_last_group", kRemembers},
    {"wrong/bound_once", errored("crashed: segmentation fault")},
    {"wrong/copies_operands", kRemembers},
    {"wrong/copies_scales", kRemembers},
    {"wrong/prepares_all", kRemembers},
    {"wrong/works_ahead", failed("while nothing was asked of it")},
    // fp32: the last bit is right where it is judged, in what a change touches.
    {"wrong/nondeterministic",
     {"smoke", "scaled_f32", Status::failed, "not the bits of the first run", {}, kManyRuns}},
    {"wrong/three_threads", failed("", "--check-only --threads 3")},

    {"wrong/throws", errored("out of patience")},
    {"wrong/throws_a_number", errored("threw something that is not a std::exception")},
    {"wrong/segfaults", errored("crashed: segmentation fault")},
    {"wrong/segfaults_later", errored("crashed: segmentation fault", "--samples 8")},
    {"wrong/overflows_stack", errored("crashed: segmentation fault")},
    {"wrong/aborts", errored("crashed: aborted")},
    {"wrong/exits", errored("ended the process, with exit code 0")},
    {"wrong/hangs", errored("hangs: run() had not returned", "--check-only --timeout 3")},
    {"wrong/exhausts_memory", errored("out of memory")},
    {"wrong/closes_files", errored("closed the connection")},
    {"wrong/writes_to_socket", errored("the connection")},
    {"wrong/writes_weights", errored("wrote to its operands: the codes of b1")},
    {"wrong/writes_scales", errored("wrote to its operands: the scales of a")},
    {"wrong/reads_beyond", errored("past the end of the scales of b2")},
    {"wrong/clears_view", kAnywhere},
    {"wrong/sets_clock_back",
     {"smoke", "ragged", Status::rejected, "by the clock of its process", {}, "--samples 8"}},
    {"wrong/writes_late", failed("was still writing after it had returned")},
};

}  // namespace

std::span<const kernels::Variant* const> variants() {
  static const std::vector<const kernels::Variant*> kVariants = [] {
    std::vector<const kernels::Variant*> all{
        &gemm_only,          &swapped_b1_b2,       &swapped_nibbles,  &linear_scales,  &last_k_tile_lost,
        &b1_b2_swapped_once, &one_element_skipped, &nan_everywhere,   &writes_outside, &throws,
        &refuses_work,
#ifdef NVFP4BENCH_HAS_CUDA
        &gpu_faults,         &gpu_hangs,           &gpu_overwrites(), &gpu_keeps(),
#endif
        &direct_right,       &direct_right_gemm,
    };
    for (const std::span<const DirectVariant> table : direct_tables()) {
      for (const DirectVariant& variant : table) all.push_back(&variant);
    }
    const std::vector<const kernels::Variant*> more = ill_mannered();
    all.insert(all.end(), more.begin(), more.end());
    all.insert(all.end(), cheats().begin(), cheats().end());
    return all;
  }();
  return kVariants;
}

const std::vector<Case>& cases() {
  static const std::vector<Case> kAll = [] {
    std::vector<Case> all(std::begin(kCases), std::end(kCases));
    for (const std::span<const DirectVariant> table : direct_tables()) {
      for (const DirectVariant& variant : table) all.push_back({variant.name, variant.expected});
    }
    return all;
  }();
  return kAll;
}

const kernels::Variant& real(std::string_view name) {
  for (const kernels::Variant* variant : kernels::variants()) {
    if (variant->name == name) return *variant;
  }
  throw std::logic_error("no variant " + std::string(name));
}

std::unique_ptr<kernels::Kernel> bind_real(std::string_view name, const ProblemView& problem,
                                           const kernels::Machine& machine) {
  const kernels::Variant& variant = real(name);
  return variant.bind(variant, problem, machine);
}

}  // namespace nvfp4bench::wrong_kernels

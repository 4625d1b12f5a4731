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

/// Of those that are not in a table of their own.
constexpr Case kCases[] = {
    {"wrong/gemm_only", kAnywhere},
    {"wrong/swapped_b1_b2", kAnywhere},
    {"wrong/swapped_nibbles", kAnywhere},
    {"wrong/linear_scales", kAnywhere},
    {"wrong/last_k_tile_lost", kAnywhere},
    {"wrong/b1_b2_swapped_once", kAnywhere},
    {"wrong/one_element_skipped", {"smoke", "ragged", Status::failed, "never written"}},
    {"wrong/nan_everywhere", kAnywhere},
    {"wrong/writes_outside", {"smoke", "ragged", Status::failed, "wrote outside its output"}},
    {"wrong/throws", {"smoke", "ragged", Status::errored, "out of patience"}},
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

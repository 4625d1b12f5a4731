// The machine as commands see it.
#pragma once

#include <optional>
#include <span>

#include "kernels/variant.hpp"

namespace nvfp4bench::cli {

/// `gpu` is the ordinal that the user asked for, which must exist (UsageError); otherwise the first GPU, if
/// any.
kernels::Machine make_machine(Isa isa, int threads, std::optional<int> gpu = std::nullopt);

/// Why `variant` can run no problem of its op here; empty if it can run some.
std::string why_never(const kernels::Variant& variant, const kernels::Machine& machine);

/// Some GPU variant can run here: there is a GPU, and not one that is too old for all of them.
bool runs_on_gpu(std::span<const kernels::Variant* const> variants, const kernels::Machine& machine);

/// Starts the threads that OpenMP is going to keep. Throws UsageError where the system refuses them: OpenMP
/// would end the process.
void start_threads(int threads);

}  // namespace nvfp4bench::cli

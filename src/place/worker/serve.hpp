// The worker's side: serves the calls of a place, a stage and a session, one of each at a time.
#pragma once

#include <span>
#include <string_view>

#include "kernels/variant.hpp"

namespace nvfp4bench::place {

/// With a socket's number after it and nothing else that matters, this makes the program a worker.
inline constexpr std::string_view kWorkerOption = "--worker";

/// The exit code of a worker whose kernel has closed the socket, or broken it otherwise.
inline constexpr int kCutOff = 113;

/// Answers requests from `socket` until nobody is at its other end; the exit code. `variants` are those of the
/// program that started this one.
int serve(int socket, std::span<const kernels::Variant* const> variants);

}  // namespace nvfp4bench::place

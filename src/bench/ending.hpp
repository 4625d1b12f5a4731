// How what a variant does ends, if it does not simply return.
#pragma once

#include <exception>
#include <optional>
#include <string>

#include "bench/check.hpp"
#include "kernels/variant.hpp"
#include "model/result.hpp"
#include "place/place.hpp"

namespace nvfp4bench::bench {

struct Ending {
  Status status;
  std::string reason;
};

/// Takes a step of a variant; how it ended the variant, if it threw. Interrupted passes through.
template <class Step>
std::optional<Ending> ending_of(Step step) {
  try {
    step();
    return std::nullopt;
  } catch (const place::Interrupted&) {
    throw;
  } catch (const place::DoesNotFit& error) {
    return Ending{Status::skipped, error.what()};
  } catch (const kernels::CannotRun& error) {
    return Ending{Status::skipped, error.what()};
  } catch (const WrongOutput& wrong) {
    return Ending{Status::failed, wrong.what()};
  } catch (const std::exception& error) {
    return Ending{Status::errored, error.what()};
  } catch (...) {
    return Ending{Status::errored, "threw something that is not a std::exception"};
  }
}

}  // namespace nvfp4bench::bench

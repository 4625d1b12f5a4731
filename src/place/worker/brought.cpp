#include "place/worker/brought.hpp"

namespace nvfp4bench::place {
namespace {

/// As much of a problem as its outputs are laid out by.
Problem problem_of(const ProblemView& view) {
  Problem problem;
  problem.op = view.op;
  problem.output = view.output;
  for (const GroupView& group : view.groups)
    problem.groups.push_back({.m = group.m(), .n = group.n(), .k = group.k(), .l = group.l()});
  return problem;
}

}  // namespace

Brought::Brought(Place& place, const ProblemView& sizes, int operands_file, int outputs_file,
                 std::size_t outputs_size)
    : view(sizes),
      operands(operands_file, view),
      outputs_mapping(data::map_guarded(outputs_file, outputs_size, data::Access::read_write)),
      outputs(problem_of(view), {outputs_mapping.data() + data::kGuardSpaceBytes, outputs_size}) {
  outputs.attach(view);
  stage = place.bring(view, outputs);
}

std::string_view Brought::explain(const void* address, bool write, std::span<char> room) const {
  const auto* const at = static_cast<const uint8_t*>(address);
  if (at >= outputs_mapping.data() && at < outputs_mapping.data() + outputs_mapping.size())
    return write ? "wrote far outside its outputs" : "read far outside its outputs";
  return operands.explain(address, write, room);
}

}  // namespace nvfp4bench::place

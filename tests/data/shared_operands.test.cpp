#include "data/shared_operands.hpp"

#include <csetjmp>
#include <csignal>
#include <cstring>
#include <optional>
#include <string>

#include <sys/mman.h>

#include "catch.hpp"
#include "data/operand_arrays.hpp"
#include "data/operands.hpp"

namespace nvfp4bench::data {
namespace {

sigjmp_buf g_out;
void* g_address = nullptr;

void on_fault(int, siginfo_t* info, void*) {
  g_address = info->si_addr;
  siglongjmp(g_out, 1);
}

/// Whether the access is a fault; g_address is then where.
template <class Access>
bool faults(Access access) {
  struct sigaction fault {};
  struct sigaction before {};
  fault.sa_sigaction = on_fault;
  fault.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &fault, &before);
  const bool faulted = sigsetjmp(g_out, 1) != 0;
  if (!faulted) access();
  sigaction(SIGSEGV, &before, nullptr);
  return faulted;
}

bool read_faults(const volatile uint8_t* at) {
  return faults([at] { (void)*at; });
}

bool write_faults(const uint8_t* at) {
  return faults([at] { *const_cast<volatile uint8_t*>(at) = 1; });
}

Problem two_groups(Op op) {
  Problem problem;
  problem.op = op;
  problem.groups = {{.m = 3, .n = 130, .k = 80}, {.m = 0, .n = 5, .k = 16, .l = 2}};
  return problem;
}

struct Shared {
  explicit Shared(Op op) : operands(generate(two_groups(op), 1)), view(data::view(two_groups(op), operands)) {
    memory = share_operands(view).memory;
    mapped_view = view;
    mapped.emplace(memory.file(), mapped_view);
  }

  std::string explain(bool write) const {
    char room[200];
    return std::string(mapped->explain(g_address, write, room));
  }

  Operands operands;
  ProblemView view;
  SharedMemory memory;
  ProblemView mapped_view;
  std::optional<MappedOperands> mapped;
};

TEST_CASE("shared operands are those that were shared, aligned as before") {
  Shared shared(GENERATE(Op::dual_gemm_silu, Op::gemm));
  const auto originals = operand_arrays(shared.view);
  const auto mapped = operand_arrays(shared.mapped_view);
  REQUIRE(originals.size() == mapped.size());
  for (std::size_t i = 0; i < mapped.size(); ++i) {
    CHECK(mapped[i].pointer != originals[i].pointer);
    CHECK(std::memcmp(mapped[i].pointer, originals[i].pointer, static_cast<std::size_t>(mapped[i].bytes)) ==
          0);
    CHECK(reinterpret_cast<uintptr_t>(mapped[i].pointer) % 64 == 0);
  }
}

TEST_CASE("a write to an operand, and an access beyond one, is a fault that can be explained") {
  Shared shared(Op::dual_gemm_silu);
  for (const OperandArray& array : operand_arrays(shared.mapped_view)) {
    const std::string name = std::string(array.what) + " of group " + std::to_string(array.group);
    CAPTURE(name);
    if (array.bytes > 0) {
      CHECK_FALSE(read_faults(array.pointer + array.bytes - 1));
      REQUIRE(write_faults(array.pointer));
      CHECK(shared.explain(true) == "wrote to its operands: " + name);
    }
    const auto past = (array.bytes + 63) / 64 * 64;
    REQUIRE(read_faults(array.pointer + past));
    CHECK(shared.explain(false) ==
          "read " + std::to_string(past - array.bytes + 1) + " bytes past the end of " + name);
  }
  REQUIRE(read_faults(shared.mapped_view.groups[0].a.codes - page_bytes()));
  CHECK(shared.explain(false).find("bytes before the start of the codes of a of group 0") !=
        std::string::npos);
  g_address = &shared;
  CHECK(shared.explain(true).empty());
}

TEST_CASE("who has the file of shared operands cannot map it for writing") {
  const Shared shared(Op::gemm);
  CHECK(::mmap(nullptr, 1, PROT_READ | PROT_WRITE, MAP_SHARED, shared.memory.file(), 0) == MAP_FAILED);
  CHECK(::mprotect(const_cast<uint8_t*>(shared.mapped_view.groups[0].b1.codes) -
                       reinterpret_cast<uintptr_t>(shared.mapped_view.groups[0].b1.codes) % page_bytes(),
                   page_bytes(), PROT_READ | PROT_WRITE) != 0);
}

TEST_CASE("very many groups can be shared too") {
  Problem problem;
  problem.op = Op::gemm;
  problem.groups.assign(20'000, {.m = 1, .n = 1, .k = 16});
  const Operands operands = generate(problem, 1);
  ProblemView view = data::view(problem, operands);
  const SharedMemory memory = share_operands(view).memory;
  const MappedOperands mapped(memory.file(), view);
  CHECK(std::memcmp(view.groups.back().b1.codes, operands.groups.back().b1.codes.data(), 8) == 0);
}

}  // namespace
}  // namespace nvfp4bench::data

// --dump DIR: everything of a run that another program needs to check it, as .npy files and an index.json
// (record/dump_index.hpp). One file a group and array, named g<group>_<array>.npy. Without b2, op gemm has no
// sfb2, acc2 and alpha2.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "model/problem.hpp"
#include "model/views.hpp"
#include "validate/reference.hpp"

namespace nvfp4bench::record {

/// A file's name is one that a dump may give.
bool is_dump_file(const std::filesystem::path& file);

/// Whatever cannot be created or written is a std::runtime_error naming the path.
class Dump {
 public:
  /// Creates `folder` and, where there are several problems, one of each problem's name in it. Nothing will be
  /// written where that cannot be, or where another program's index.json lies: that is found out here, before
  /// anything is computed. Problems differ in name.
  Dump(std::filesystem::path folder, std::span<const Problem> problems);
  /// Takes away the folders that it created and in which nothing was written, so that a run that was refused
  /// after all leaves nothing behind.
  ~Dump();
  Dump(const Dump&) = delete;
  Dump& operator=(const Dump&) = delete;

  /// Where the problems go.
  const std::vector<std::filesystem::path>& folders() const { return folders_; }

  /// Writes operands, exact accumulators and reference output.
  void add_problem(const Problem& problem, const ProblemView& view, const validate::Reference& reference);

  /// Writes the output at view.groups[i].c of a problem that was added.
  void add_output(const Problem& problem, const ProblemView& view, const std::string& variant);

 private:
  std::filesystem::path folder_of(const Problem& problem) const;
  void remove_unused();

  std::filesystem::path folder_;
  bool folder_per_problem_;
  std::vector<std::filesystem::path> folders_;
  std::vector<std::filesystem::path> created_;  // outer ones first
  /// Variants of the latest problem, in order of arrival.
  std::vector<std::string> variants_;
};

}  // namespace nvfp4bench::record

// Whether two paths lead to one file.
#pragma once

#include <filesystem>

namespace nvfp4bench::cli {

/// However they are spelled, through whatever links; the file need not exist yet.
inline bool same_file(const std::filesystem::path& a, const std::filesystem::path& b) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::equivalent(a, b, error)) return true;
  const fs::path whole_a = fs::weakly_canonical(fs::absolute(a, error), error);
  if (error) return false;
  const fs::path whole_b = fs::weakly_canonical(fs::absolute(b, error), error);
  return !error && whole_a == whole_b;
}

/// Likewise of the folder that a file lies in.
inline bool lies_in(const std::filesystem::path& file, const std::filesystem::path& folder) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::absolute(file, error);
  return !error && same_file(whole.parent_path(), folder);
}

}  // namespace nvfp4bench::cli

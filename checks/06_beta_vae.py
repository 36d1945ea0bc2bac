"""The checks of 06_beta_vae, a function for each exercise."""

from contextlib import suppress

import numpy as np

from vaelib.checks import call, check_close, check_shape, check_true


def check_beta_elbo(beta_elbo):
    """three images, β = 4"""
    name = "beta_elbo"
    nll = np.array([40, 52.5, 31], dtype="float32")
    kl = np.array([7, 4.25, 9.5], dtype="float32")
    check_close(
        name,
        call(name, beta_elbo, nll, kl, 4.0),
        [-68, -69.5, -69],
        mistakes={
            "β weighs the log-likelihood instead of the KL": [-167, -214.25, -133.5],
            "β weighs both terms": [-188, -227, -162],
            "β is not used": [-47, -56.75, -40.5],
            "the KL is divided by β": [-41.75, -53.5625, -33.375],
            "the log-likelihood is divided by β": [-17, -17.375, -17.25],
            "β is added instead of multiplied": [-51, -60.75, -44.5],
            "the KL is added": [-12, -35.5, 7],
            "the negative log-likelihood is taken for the log-likelihood": [12, 35.5, -7],
            "the sign is wrong: this is the loss": [68, 69.5, 69],
            "the sign is wrong, and β is not used": [47, 56.75, 40.5],
            "the weights are 1 − β and β": [92, 140.5, 55],
            "β − 1 stands for β": [-61, -65.25, -59.5],
            "1 + β stands for β": [-75, -73.75, -78.5],
            "the KL is missing": [-40, -52.5, -31],
            "the log-likelihood is missing": [-28, -17, -38],
            "the KL is averaged over the images": [-67.66667, -80.16667, -58.66667],
            "every image meets the KL of every other": [
                [-68, -57, -78],
                [-80.5, -69.5, -90.5],
                [-59, -48, -69],
            ],
            "the images are averaged": -68.83333,
            "the images are summed": -206.5,
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(0)
    for n, beta, case in (
        (20, 1.0, "β is one: the ELBO"),
        (7, 0.25, "β below one"),
        (7, 0.25, "the same β and as many images, other values"),
        (5, 0.0, "β is zero"),
        (4, 250.0, "a large β"),
        (1, 16.0, "one image"),
    ):
        nll, kl = rng.uniform(1, 90, size=(2, n)).astype("float32")
        pairs = list(zip(nll.tolist(), kl.tolist(), strict=True))
        got = call(name, beta_elbo, nll, kl, beta, case=case)
        right = [-(a + beta * b) for a, b in pairs]
        mistakes = {
            "β is always 4": [-(a + 4 * b) for a, b in pairs],
            "β counts as 1 where it is less": [-(a + max(beta, 1) * b) for a, b in pairs],
        }
        check_close(name, got, right, mistakes=mistakes, case=case)

    case = "negative nll, as densities above 1 give it, and many nats"
    nll, kl = np.array([[-90, -0.5, 400], [3, 900, 0]], dtype="float32")
    got = call(name, beta_elbo, nll, kl, 2.0, case=case)
    check_close(name, got, [84, -1799.5, -400], case=case)
    # END HIDDEN TESTS


def check_kl_per_dimension(kl_per_dimension):
    """three images, two latent dimensions, means of both signs"""
    name = "kl_per_dimension"
    z_mean = [[0.4, -1.1], [1.3, 0.2], [-0.6, 1.6]]
    z_log_var = [[0.5, 0.9], [0.3, 1.1], [0.8, 0.4]]
    arrays = [np.array(a, dtype="float32") for a in (z_mean, z_log_var)]
    check_close(
        name,
        call(name, kl_per_dimension, *arrays),
        [0.47235, 0.89427],
        mistakes={
            "the mean runs over the code instead of the images": [0.51958, 0.67101, 0.85934],
            "the sum runs over the code: the KL of each image": [1.03916, 1.34201, 1.71868],
            "the images are summed instead of averaged": [1.41706, 2.6828],
            "the sum is divided by the length of the code, not by n": [0.70853, 1.3414],
            "nothing is averaged": [[0.15436, 0.8848], [0.86993, 0.47208], [0.39277, 1.32591]],
            "all numbers are summed: the whole KL": 1.36662,
            "everything is averaged": 0.68331,
            "everything is summed": 4.09986,
            "only the first image is used": [0.15436, 0.8848],
            "the factor ½ is missing": [0.94471, 1.78853],
            "the factor ½ stands only before the square": [0.57637, 1.15353],
            "the sign is wrong": [-0.47235, -0.89427],
            "z_mean is not squared": [0.28735, 0.37593],
            "z_mean is missing": [0.10402, 0.25927],
            "z_mean is subtracted": [-0.26431, -0.37573],
            "z_mean is averaged before it is squared": [0.17124, 0.28649],
            "the variance of z_mean stands for its square": [0.40513, 0.86704],
            "z_log_var is averaged before exp": [0.45397, 0.84777],
            "z_log_var is used as the variance": [0.48838, 0.68939],
            "z_log_var is used as the deviation": [0.73842, 0.80711],
            "exp(z_log_var) is used as the deviation": [0.91724, 2.21837],
            "the variance is squared": [1.18391, 2.61837],
            "the deviation stands for the variance": [0.25795, 0.48883],
            "exp is missing": [-0.13167, 0.135],
            "1 is not subtracted": [0.97235, 1.39427],
            "1 is added": [1.47235, 1.89427],
            "z_log_var is added": [1.00569, 1.69427],
            "z_log_var is missing": [0.73902, 1.29427],
            "p and q are swapped": [0.31791, 0.50517],
        },
        rtol=1e-4,
        atol=1e-5,
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(1)
    for n, d, low, high, case in (
        (50, 10, -1, 1, "more images, a longer code"),
        (6, 6, -1, 1, "as many images as numbers"),
        (1, 4, -1, 1, "one image"),
        (30, 1, -1, 1, "a code of one number"),
        (30, 2, 6, 13, "large variances"),
        (30, 2, -9, -6, "small variances"),
        (20, 3, 16, 30, "very wide posteriors"),
        (20, 3, -30, -16, "very narrow posteriors"),
        (8, 3, 0, 0, "every variance is that of the prior"),
    ):
        z_mean = rng.normal(size=(n, d)).astype("float32")
        z_log_var = rng.uniform(low, high, size=(n, d)).astype("float32")
        m, s = z_mean.astype(float), z_log_var.astype(float)
        each = lambda s, m=m: (m**2 + np.expm1(s) - s) / 2
        got = call(name, kl_per_dimension, z_mean, z_log_var, case=case)
        mistakes = {}
        for limit in (2, 3, 4, 5, 6, 8, 10, 15, 20):
            mistakes[f"z_log_var is cut off above {limit}"] = each(np.minimum(s, limit)).mean(0)
            mistakes[f"z_log_var is cut off below −{limit}"] = each(np.maximum(s, -limit)).mean(0)
        mistakes["negative values of z_log_var are cut off"] = each(np.maximum(s, 0)).mean(0)
        near = {"rtol": 1e-4, "atol": 1e-5, "mistakes": mistakes}
        check_close(name, got, each(s).mean(0), **near, case=case)

    case = "silent numbers: every posterior is the prior"
    silent = np.zeros((5, 3), dtype="float32")
    got = call(name, kl_per_dimension, silent, silent, case=case)
    check_close(name, got, [0, 0, 0], atol=1e-5, case=case)
    # END HIDDEN TESTS


def check_active_units(active_units):
    """14 dimensions over six images, with variances on both sides of the threshold"""
    name = "active_units"
    centre = np.array([0, 0, 2, -2, 0, 0, 0, 0, 0, 3, -1, 0, 0, 0])
    size = [0.5, 0.05, 0.03, 0.003, 0.8, 0.05, 0.05, 0.003, 0.05, 0.03, 0.003, 0.3, 0.05, 0.003]
    signs = np.array([[1], [-1], [1], [1], [-1], [-1]])  # six images
    check_close(
        name,
        call(name, active_units, (centre + signs * size).astype("float32"), 0.01),
        3,
        mistakes={
            "the deviation is compared instead of the variance": 10,
            "the mean square is compared instead of the variance": 7,
            "the mean is compared instead of the variance": 2,
            "the size of the mean is compared instead of the variance": 4,
            "the squares are summed instead of averaged": 8,
            "the variance runs over the numbers of the code": 6,
            "one variance is taken of the whole table": 1,
            "all numbers are counted": 14,
            "the silent numbers are counted": 11,
            "the values of z_mean are counted": 36,
            "the share of active numbers is returned": 0.21429,
            "the variances are returned": np.square(size),
            "which numbers are active is returned, not how many": np.isin(range(14), [0, 4, 11]),
            "the places of the active numbers are returned, not how many": [0, 4, 11],
            "np.where returns the places, not how many": [[0, 4, 11]],
            "the active variances are summed": 0.98,
        },
        atol=1e-4,
    )
    # BEGIN HIDDEN TESTS

    def check_case(deviations, threshold, count, case, means=0.0, mistakes=None):
        """Numbers with exactly these deviations over ten images."""
        noise = np.resize([1.0, -1.0, -1.0, 1.0, 1.0, -1.0, 1.0, -1.0, -1.0, 1.0], (10, 1))
        z_mean = (means + noise * deviations).astype("float32")
        given = [] if threshold is None else [threshold]
        got = call(name, active_units, z_mean, *given, case=case)
        check_close(name, got, count, mistakes=mistakes, case=case)

    always = {"the threshold is always 0.01": 4}
    check_case([0.9, 0.3, 0.15, 0.7, 0.05], 0.2, 2, "another threshold", mistakes=always)
    check_case([0.9, 0.5, 0.15, 0.7, 0.6], 0.2, 4, "the same threshold, other values")
    check_case([9.0, 0.6, 1.5, 0.3, 2.5, 1.1, 0.8], 1.0, 4, "a threshold of one")
    check_case([0.001, 0.002, 0.03], 0.01, 0, "all are silent", means=3)
    check_case([1.0] * 5, 0.01, 5, "all are active")
    check_case([0.4], 0.01, 1, "a code of one number", means=-7)
    check_case([0.02, 0.3, 0.09, 0.2, 0.5, 0.07], None, 3, "no threshold given: 0.01")
    check_case([0.1078, 0.02, 0.1078, 0.5], 0.01, 3, "numbers far from 0", means=40)
    spikes = np.zeros((10, 4), dtype="float32")
    spikes[3] = [1, 0, 0.6, 0]  # variances of 0.09 and 0.0324
    spikes[:5, [1, 3]] = [0.6, 0.2]  # and of 0.09 and 0.01
    case = "numbers that differ in one image, or in half of them"
    check_close(name, call(name, active_units, spikes, 0.05, case=case), 2, case=case)
    late = np.zeros((300, 3), dtype="float32")
    late[150:, 0], late[299, 2] = 2, 0.5
    case = "300 images, of which only late ones differ"
    check_close(name, call(name, active_units, late, 0.01, case=case), 1, case=case)
    equal = {"a variance that equals the threshold counts": 4}
    case = "a threshold of zero: numbers that never change are silent"
    check_case([0.05, 0.0, 0.02, 0.0], 0.0, 2, case, means=[0, 2, -0.5, 4], mistakes=equal)
    # END HIDDEN TESTS


def check_traversal(traversal):
    """a code of four dimensions, its second replaced by two values"""
    name = "traversal"
    z = np.array([0.3, -1.2, 0.8, 1.7], dtype="float32")
    values = np.array([-2, 2.5], dtype="float32")
    check_close(
        name,
        call(name, traversal, z, 1, values),
        [[0.3, -2, 0.8, 1.7], [0.3, 2.5, 0.8, 1.7]],
        mistakes={
            "the value is added instead of put in its place": [
                [0.3, -3.2, 0.8, 1.7],
                [0.3, 1.3, 0.8, 1.7],
            ],
            "the value is multiplied instead of put in its place": [
                [0.3, 2.4, 0.8, 1.7],
                [0.3, -3, 0.8, 1.7],
            ],
            "the other numbers of the code are 0": [[0, -2, 0, 0], [0, 2.5, 0, 0]],
            "all the other numbers are replaced": [[-2, -1.2, -2, -2], [2.5, -1.2, 2.5, 2.5]],
            "every number is replaced": [[-2, -2, -2, -2], [2.5, 2.5, 2.5, 2.5]],
            "dim is counted from 1": [[-2, -1.2, 0.8, 1.7], [2.5, -1.2, 0.8, 1.7]],
            "the place after dim is replaced": [[0.3, -1.2, -2, 1.7], [0.3, -1.2, 2.5, 1.7]],
            "nothing is replaced": [[0.3, -1.2, 0.8, 1.7], [0.3, -1.2, 0.8, 1.7]],
            "every code gets the last value, as if all of them were one array": [
                [0.3, 2.5, 0.8, 1.7],
                [0.3, 2.5, 0.8, 1.7],
            ],
            "every code gets the first value": [[0.3, -2, 0.8, 1.7], [0.3, -2, 0.8, 1.7]],
            "the values come in the reverse order": [[0.3, 2.5, 0.8, 1.7], [0.3, -2, 0.8, 1.7]],
            "there is one code: each overwrites the one before": [0.3, 2.5, 0.8, 1.7],
            "there is one code: does `return` stand in the loop?": [0.3, -2, 0.8, 1.7],
            "codes and numbers are swapped: (d, n)": [
                [0.3, 0.3],
                [-2, 2.5],
                [0.8, 0.8],
                [1.7, 1.7],
            ],
            "the codes stand in one row: reshape them": [0.3, -2, 0.8, 1.7, 0.3, 2.5, 0.8, 1.7],
            "only the values are returned": [-2, 2.5],
            "the value is put in between, and nothing is replaced": [
                [0.3, -2, -1.2, 0.8, 1.7],
                [0.3, 2.5, -1.2, 0.8, 1.7],
            ],
            "the value stands at the end, and nothing is replaced": [
                [0.3, -1.2, 0.8, 1.7, -2],
                [0.3, -1.2, 0.8, 1.7, 2.5],
            ],
            "the number at dim is taken out": [[0.3, 0.8, 1.7], [0.3, 0.8, 1.7]],
            "z itself stands above the codes": [
                [0.3, -1.2, 0.8, 1.7],
                [0.3, -2, 0.8, 1.7],
                [0.3, 2.5, 0.8, 1.7],
            ],
        },
    )
    # BEGIN HIDDEN TESTS
    for z, dim, values, case in (
        ([0.4, 1.5, -0.7, 2.2], 0, [-1, 3], "the first number"),
        ([0.9, -0.5, 1.7, 1.2], 0, [5, -2], "the same place, another code and other values"),
        ([0.4, 1.5, -0.7, 2.2], 3, [-1, 3], "the last number"),
        (np.arange(10) / 4, 5, np.linspace(-3, 3, 7), "a longer code"),
        ([0.7, 1.1, -0.2], 1, [4, 0, -4], "as many values as numbers"),
        ([0.7, 1.1, -0.2, 0.6, 2.1], 2, [3, -1, 3], "values out of order, and one twice"),
        ([0.7], 0, [1, 2, 3], "a code of one number"),
        ([0.7, -0.1, 0.2], 1, [4], "one value"),
    ):
        z, values = (np.array(a, dtype="float32") for a in (z, values))
        hit = np.arange(len(z)) == dim
        rows = [[v if j == dim else z[j] for j in range(len(z))] for v in values]
        mistakes = {
            "codes and numbers are swapped: (d, n)": np.transpose(rows),
            "the values are sorted": np.where(hit, np.sort(values)[:, None], z),
        }
        got = call(name, traversal, z, dim, values, case=case)
        check_close(name, got, rows, mistakes=mistakes, case=case)
    # END HIDDEN TESTS


def check_mutual_information_gap(mutual_information_gap):
    """a square table of four latent dimensions and four factors; a tie"""
    name = "mutual_information_gap"
    mi = [[0.9, 0.1, 0.2, 0.35], [0.15, 0.65, 1.3, 0.1], [0.3, 0.4, 1.05, 0.75]]
    mi = np.array([*mi, [0.05, 0.25, 0.6, 0.5]])
    check_close(
        name,
        call(name, mutual_information_gap, mi, np.array([1.1, 0.7, 1.6, 1.3])),
        0.31279,
        mistakes={
            "the gap is not divided by the entropy": 0.3375,
            "the second largest is not subtracted": 0.78404,
            "the smallest is subtracted instead of the second largest": 0.68649,
            "the gap between the two smallest is taken": 0.18688,
            "the order is descending, and the two smallest are taken": -0.18688,
            "the mean of the others is subtracted": 0.49963,
            "the mean of all is subtracted": 0.37472,
            "the sum of the others is subtracted": -0.0692,
            "the sum over the factors is taken instead of the mean": 1.25116,
            "the gap of each factor is returned": [0.54545, 0.35714, 0.15625, 0.19231],
            "only the largest is divided by the entropy": 0.22154,
            "only the second largest is divided by the entropy": 0.42874,
            "the mean gap is divided by the mean entropy": 0.28723,
            "the mean gap is divided by the largest entropy": 0.21094,
            "the mean gap is divided by each entropy": [0.30682, 0.48214, 0.21094, 0.25962],
            "the gap is multiplied by the entropy": 0.39,
            "the sign is wrong": -0.31279,
            "the largest gap of the factors is taken": 0.54545,
            "the smallest gap of the factors is taken": 0.15625,
            "it is divided by the largest mutual information instead of the entropy": 0.39423,
            "the ratio is taken instead of the gap": 0.54994,
            "the table is not sorted: the last two rows are taken": -0.22878,
            "the table is not sorted: the first two rows are taken": -0.14977,
            "the two largest of each row are taken, not of each column": 0.42325,
            "the two largest of each row are taken, and not divided by the entropy": 0.4,
            "the two largest of each row are taken, with the entropy of the largest one's factor": 0.28906,
            "each row is sorted instead of each column: np.sort has `axis`": -0.23599,
            "the second largest is that of the row, not of the column": 0.25901,
            "the largest is that of the row, not of the column": 0.47702,
            "the two largest of the whole table are taken": 0.23324,
        },
        rtol=1e-4,
        atol=1e-5,
    )
    tie = np.array([[0.9, 0.2], [0.9, 0.5], [0.1, 0.8]])
    check_close(
        name,
        call(name, mutual_information_gap, tie, np.array([1.1, 0.7])),
        0.214286,
        what="two numbers share the largest value",
        mistakes={
            "a second largest that equals the largest is passed over": 0.577922,
            "the sum is divided by the number of numbers, not of factors": 0.142857,
        },
        rtol=1e-4,
        atol=1e-5,
    )
    # BEGIN HIDDEN TESTS

    def check_case(mi, entropy, case, right=None, mistakes=None):
        mi, entropy = np.array(mi, dtype=float), np.array(entropy, dtype=float)
        got = call(name, mutual_information_gap, mi, entropy, case=case)
        if right is None:
            gaps = []
            for column, h in zip(mi.T.tolist(), entropy.tolist(), strict=True):
                second, first = sorted(column)[-2:]
                gaps.append((first - second) / h)
            right = sum(gaps) / len(gaps)
            mistakes = {
                "the sum is divided by the number of numbers, not of factors": sum(gaps) / len(mi)
            }
        near = {"rtol": 1e-4, "atol": 1e-5, "mistakes": mistakes}
        check_close(name, got, right, **near, case=case)

    rng = np.random.default_rng(2)
    check_case(rng.random((6, 5)), rng.uniform(1, 2.5, size=5), "more numbers than factors")
    check_case(rng.random((6, 5)), rng.uniform(1, 2.5, size=5), "the same sizes, other values")
    check_case(rng.random((2, 4)), rng.uniform(1, 2.5, size=4), "more factors than numbers")
    check_case(rng.random((5, 1)), [1.7], "one factor")
    check_case(150 * rng.random((3, 5)), rng.uniform(150, 300, size=5), "many nats")
    logs = np.log([2, 3, 4])
    passed_over = {"a second largest that equals the largest is passed over": 1}
    check_case(np.diag(logs), logs, "a perfect code", 1)
    twice = np.vstack([np.diag(logs)] * 2)
    check_case(twice, logs, "every number stands twice", 0, passed_over)
    check_case(np.vstack([np.diag(logs), np.zeros((2, 3))]), logs, "silent numbers", 1)
    check_case(0 * twice, logs, "all numbers are silent", 0)
    some = np.array([[0.9, 0, 60], [0.2, 0, 75], [0.1, 0, 5]])
    check_case(some, [1, 0.5, 100], "a factor that no dimension tells, and many nats", 0.85 / 3)
    # END HIDDEN TESTS


def check_elbo_decomposition(elbo_decomposition):
    """four samples in two dimensions: all three terms"""
    name = "elbo_decomposition"

    def three(arrays, case=None):
        """What the answer returns for these arrays, once it is found to be three numbers."""
        got = call(name, elbo_decomposition, *arrays, case=case)
        problem = "got None. Does your function end with `return`?"
        check_true(name, got is not None, problem, case=case)
        parts = []
        if not isinstance(got, str | dict):
            with suppress(TypeError, ValueError, NotImplementedError):  # not to be taken apart
                parts = [np.asarray(part) for part in got]
        right = len(parts) == 3 and all(part.dtype.kind in "biufc" for part in parts)
        problem = "expected three numbers: `return mi, total, by_dimension`."
        check_true(name, right, problem, case=case)
        n, d = arrays[0].shape
        for part in parts:
            hints = {(d,): "sum over the numbers of the code", (n,): "take the mean over the draws"}
            hints[n, n] = "of q(z | x), take k = i alone"
            hint = hints.get(part.shape, "a term is an array")
            check_true(name, part.size == 1, f"expected three numbers: {hint}.", case=case)
        return np.array([part.reshape(()) for part in parts])

    z = [[2.9, 0.8], [-2.2, -2.4], [0.4, 1.9], [0.3, -1.2]]
    z_mean = [[2.1, 1.4], [-0.8, -1.9], [1.5, 0.6], [-1.3, -0.4]]
    z_log_var = [[0.2, 1.1], [0.9, 0.1], [0.3, 0.7], [1.4, 0.4]]
    check_close(
        name,
        three([np.array(a, dtype="float32") for a in (z, z_mean, z_log_var)]),
        [0.71878, 0.21005, 0.99458],
        mistakes={
            "ln n is missing: the mean over the images is a sum": [-0.66752, -1.17625, 3.76717],
            "ln n is missing in q(z)": [-0.66752, 1.59634, 0.99458],
            "ln n is missing in the product": [0.71878, -2.56254, 3.76717],
            "ln n is subtracted once in the product, instead of once for each number": [
                0.71878,
                -1.17625,
                2.38087,
            ],
            "ln n is added instead of subtracted": [-2.05381, -2.56254, 6.53975],
            "ln d stands for ln n": [0.02563, -0.4831, 2.38087],
            "n is subtracted instead of ln n": [3.33248, 2.82375, -4.23283],
            "the product stands for q(z)": [0.92882, 0, 0.99458],
            "q(z) stands for the product": [0.71878, 0, 1.20462],
            "q(z) and the product are swapped": [0.92882, -0.21005, 1.20462],
            "the dimension-wise terms are summed for the total correlation": [
                0.71878,
                0.99458,
                0.99458,
            ],
            "the first is the whole KL: q(z | x) is compared with p(z)": [1.9234, 0.21005, 0.99458],
            "the total correlation begins with q(z | x) instead of q(z)": [
                0.71878,
                0.92882,
                0.99458,
            ],
            "the dimension-wise KL begins with q(z) instead of the product": [
                0.71878,
                0.21005,
                1.20462,
            ],
            "the dimension-wise KL is the KL of each image's posterior, by its formula": [
                0.71878,
                0.21005,
                2.33512,
            ],
            "mutual information and total correlation are swapped": [0.21005, 0.71878, 0.99458],
            "total correlation and dimension-wise KL are swapped": [0.71878, 0.99458, 0.21005],
            "mutual information and dimension-wise KL are swapped": [0.99458, 0.21005, 0.71878],
            "the order of the three is shifted": [0.21005, 0.99458, 0.71878],
            "the order of the three is shifted to the right": [0.99458, 0.71878, 0.21005],
            "the signs are wrong": [-0.71878, -0.21005, -0.99458],
            "the sign of the mutual information is wrong": [-0.71878, 0.21005, 0.99458],
            "the sign of the total correlation is wrong": [0.71878, -0.21005, 0.99458],
            "the sign of the dimension-wise KL is wrong": [0.71878, 0.21005, -0.99458],
            "the draws are summed instead of averaged": [2.8751, 0.84018, 3.97831],
            "the numbers of the code are averaged instead of summed": [0.55934, -0.09493, 0.49729],
            "the numbers are averaged instead of summed in the product": [
                0.71878,
                -1.77098,
                2.9756,
            ],
            "ln(2π) stands in p(z) only": [0.71878, 0.21005, 2.83245],
            "ln(2π) stands in q only": [0.71878, 0.21005, -0.8433],
            "the mean of the logs is taken for the log of the mean": [2.24597, 0, -0.32258],
            "the mean of the logs is taken for the log of the mean in q(z)": [
                2.24597,
                -1.31715,
                0.99458,
            ],
            "the mean of the logs is taken for the log of the mean in the product": [
                0.71878,
                1.5272,
                -0.32258,
            ],
            "q(z | x) is averaged over all posteriors, instead of k = i": [
                -1.5272,
                0.21005,
                0.99458,
            ],
            "q(z | x) is summed over all posteriors, instead of k = i": [
                -17.36481,
                0.21005,
                0.99458,
            ],
            "the posterior of the draw itself is left out of q(z)": [1.30555, 0.22938, 0.38847],
            "logsumexp runs over the draws (axis 0), or i and k are swapped in the table": [
                0.71078,
                0.16844,
                1.04417,
            ],
            "logsumexp runs over the draws (axis 0) in q(z)": [0.71078, 0.21804, 0.99458],
            "logsumexp runs over the draws (axis 0) in the product": [0.71878, 0.16045, 1.04417],
            "the table takes the draw of image k and the mean of image i": [
                0.78609,
                0.14164,
                0.99566,
            ],
            "the table takes the variance of image i instead of image k": [
                0.77627,
                0.18626,
                0.96087,
            ],
            "z_mean stands for z in p(z)": [0.71878, 0.21005, -0.23917],
            "z_mean stands for z in q": [0.87714, 0.27864, 1.32547],
            "z_mean stands for z": [0.87714, 0.27864, 0.09172],
            "z and z_mean are swapped": [0.78609, 0.14164, -0.23809],
            "exp(z_log_var) is used as the deviation": [0.59528, 0.16376, 0.7695],
            "z_log_var is used as the variance": [1.19371, -0.03543, 0.45813],
            "z_log_var stands for the variance in the square": [1.22487, -0.08936, -0.91441],
            "the deviation stands for the variance": [0.74811, 0.22279, 1.04135],
            "z_log_var is missing in the table": [0.74564, 0.15703, 1.65822],
            "z_log_var is added in the table": [0.74821, 0.06902, 2.38117],
            "the factor ½ is missing before z_log_var": [0.67098, 0.22983, 0.38508],
            "the factor ½ is missing before the square": [0.88451, 0.19456, 0.28648],
            "the square is multiplied by the variance instead of divided": [
                -0.07853,
                0.11019,
                -0.46704,
            ],
            "the square is divided by the deviation instead of the variance": [
                0.7261,
                0.23623,
                0.73117,
            ],
            "the square is not divided by the variance": [0.6643, 0.23252, 0.42067],
            "p(z) is added instead of subtracted": [0.71878, 0.21005, -8.91868],
            "p(z) is missing": [0.71878, 0.21005, -3.96205],
            "the factor ½ is missing in p(z)": [0.71878, 0.21005, 4.11333],
            "the largest stands for logsumexp": [1.27067, 1.26401, -0.61128],
        },
        rtol=1e-4,
        atol=2e-5,
    )
    # BEGIN HIDDEN TESTS

    def by_loops(z, z_mean, z_log_var):
        """The three in float64, with a loop over draws and one over posteriors."""
        n, d = z.shape
        sums = np.zeros(3)
        for i in range(n):
            under = np.zeros((n, d))  # draw i under posterior k, number by number
            for k in range(n):
                deviation = np.exp(z_log_var[k] / 2)
                unit = (z[i] - z_mean[k]) / deviation
                under[k] = -(unit**2) / 2 - np.log(deviation)  # without ln √2π, which cancels
            log_of_mean = [
                np.logaddexp.reduce(a, axis=0) - np.log(n) for a in (under.sum(1), under)
            ]
            levels = [under[i].sum(), log_of_mean[0], log_of_mean[1].sum(), -np.sum(z[i] ** 2) / 2]
            sums -= np.diff(levels)
        return sums / n

    def check_case(arrays, case, atol=1e-4):
        arrays = [np.array(a, dtype="float32") for a in arrays]
        got = three(arrays, case)
        problem = "not every value is finite: a density was rounded to 0. Use logsumexp."
        check_true(name, np.isfinite(got).all(), problem, case=case)
        right = by_loops(*(a.astype(float) for a in arrays))
        check_close(name, got, right, rtol=1e-3, atol=atol, case=case)
        return got

    def drawn(n, d, seed, spread=1.0, low=-1.0, high=1.0):
        rng = np.random.default_rng(seed)
        z_mean = spread * rng.normal(size=(n, d))
        z_log_var = rng.uniform(low, high, size=(n, d))
        return z_mean + np.exp(z_log_var / 2) * rng.normal(size=(n, d)), z_mean, z_log_var

    check_case(drawn(30, 5, seed=2), "more images, a longer code")
    check_case(drawn(7, 3, seed=11, spread=0, low=-30, high=-16), "very narrow posteriors")
    check_case(drawn(7, 3, seed=12, spread=0, low=16, high=30), "very wide posteriors")
    check_case(drawn(6, 6, seed=3, spread=3.0), "as many images as numbers")
    check_case(drawn(2, 3, seed=9), "as many numbers as terms")
    check_case(drawn(5, 600, seed=10), "a very long code", atol=1e-2)

    case = "a code of one number: no total correlation"
    got = check_case(drawn(8, 1, seed=4), case)
    check_close(name, got[1], 0, atol=1e-4, case=case)

    case = "one image: no mutual information"
    got = check_case(drawn(1, 3, seed=5), case)
    check_close(name, got[0], 0, atol=1e-4, case=case)

    case = "equal posteriors: no mutual information and no total correlation"
    z, z_mean, z_log_var = drawn(12, 3, seed=6)
    got = check_case([z, 0 * z_mean + z_mean[0], 0 * z_log_var + z_log_var[0]], case)
    check_close(name, got[:2], [0, 0], atol=1e-4, case=case)

    case = "posteriors far apart: a mutual information of ln n"
    got = check_case(drawn(9, 4, seed=7, spread=50.0), case, atol=1e-2)
    check_close(name, got[0], np.log(9), atol=1e-2, case=case)

    case = "two numbers that say the same"
    rng = np.random.default_rng(8)
    one, eps = 4 * rng.normal(size=(20, 1)), rng.normal(size=(20, 2))
    z_mean = np.repeat(one, 2, axis=1)
    check_case([z_mean + 0.3 * eps, z_mean, np.full((20, 2), 2 * np.log(0.3))], case, atol=2e-3)
    # END HIDDEN TESTS


def check_kl_warmup(kl_warmup):
    """steps 0, 1, 20, 79, 80 and 200 of a warm-up over 80 steps"""
    name = "kl_warmup"

    def weights(steps, warmup_steps, case=None):
        """The answer's weights at these steps, once each is found to be a number."""
        got = [call(name, kl_warmup, step, warmup_steps, case=case) for step in steps]
        for weight in got:
            check_shape(name, weight, (), what="a weight", case=case)
        return np.array([np.asarray(weight, dtype=float) for weight in got])

    check_close(
        name,
        weights([0, 1, 20, 79, 80, 200], 80),
        [0, 0.0125, 0.25, 0.9875, 1, 1],
        mistakes={
            "it starts at 1 and falls": [1, 0.9875, 0.75, 0.0125, 0, 0],
            "it is always 1": [1, 1, 1, 1, 1, 1],
            "it is always 0": [0, 0, 0, 0, 0, 0],
            "it grows beyond 1": [0, 0.0125, 0.25, 0.9875, 1, 2.5],
            "it falls to 0 after the warm-up": [0, 0.0125, 0.25, 0.9875, 1, 0],
            "it is 0 again once the warm-up is over": [0, 0.0125, 0.25, 0.9875, 0, 0],
            "it is 0 until the warm-up is over, as with //": [0, 0, 0, 0, 1, 1],
            "it begins one step too early": [0.0125, 0.025, 0.2625, 1, 1, 1],
            "it begins one step too late": [0, 0, 0.2375, 0.975, 0.9875, 1],
            "it is 1 one step too late": [0, 0.01235, 0.24691, 0.97531, 0.98765, 1],
            "it begins again after each warm-up": [0, 0.0125, 0.25, 0.9875, 0, 0.5],
            "it grows twice as fast": [0, 0.025, 0.5, 1, 1, 1],
            "it grows half as fast": [0, 0.00625, 0.125, 0.49375, 0.5, 1],
            "it grows with the square, not straight": [0, 0.00016, 0.0625, 0.97516, 1, 1],
            "it grows with the root, not straight": [0, 0.1118, 0.5, 0.99373, 1, 1],
            "it grows as 1 − exp(−t)": [0, 0.01242, 0.2212, 0.62749, 0.63212, 0.91792],
            "it grows as a half cosine, not straight": [0, 0.00039, 0.14645, 0.99961, 1, 1],
            "it grows as a sigmoid": [0.00669, 0.00758, 0.07586, 0.99242, 0.99331, 1],
            "it is turned around: warmup_steps / step": [1, 1, 1, 1, 1, 0.4],
            "the larger of the two is taken": [1, 1, 1, 1, 1, 2.5],
            "step is not divided by warmup_steps": [0, 1, 1, 1, 1, 1],
            "it grows to warmup_steps, not to 1": [0, 1, 20, 79, 80, 80],
            "the warm-up always takes 200 steps": [0, 0.005, 0.1, 0.395, 0.4, 1],
            "it grows to 100, not to 1": [0, 1.25, 25, 98.75, 100, 100],
            "the sign is wrong": [0, -0.0125, -0.25, -0.9875, -1, -1],
        },
        rtol=1e-4,
        atol=1e-5,
        what="the weights at the steps 0, 1, 20, 79, 80, 200 of 80",
    )
    # BEGIN HIDDEN TESTS
    for steps, warmup_steps, case in (
        ([0, 1, 2, 10], 1, "a warm-up of one step"),
        ([0, 1, 2, 3, 4], 3, "a short warm-up"),
        ([0, 333, 6999, 7000, 7001, 10**6], 7000, "a longer warm-up"),
    ):
        got = weights(steps, warmup_steps, case)
        shares = np.array([step / warmup_steps for step in steps])
        always = {"the warm-up always takes 80 steps": np.clip(np.divide(steps, 80), 0, 1)}
        right = np.minimum(shares, 1)
        check_close(name, got, right, rtol=1e-4, atol=1e-5, mistakes=always, case=case)
    # END HIDDEN TESTS


def check_free_bits(free_bits):
    """five dimensions, some below and some above λ = 0.45"""
    name = "free_bits"
    kl = np.array([0.95, 0.05, 0.2, 0.1, 0.5], dtype="float32")
    check_close(
        name,
        call(name, free_bits, kl, 0.45),
        2.8,
        mistakes={
            "λ is not used, or the maximum is taken of the sum and not of each number": 1.8,
            "the maximum is taken of the sum, with λ for each number": 2.25,
            "the maximum is taken of the mean, not of each number": 0.45,
            "the minimum is taken instead of the maximum": 1.25,
            "λ is subtracted": 0.55,
            "λ is subtracted, and nothing is cut off": -0.45,
            "λ is subtracted once, from the sum": 1.35,
            "the distance from λ is taken": 1.55,
            "λ is added": 4.05,
            "numbers below λ count 0": 1.45,
            "numbers above λ count 0": 0.35,
            "numbers above λ count λ, and the others 0": 0.9,
            "numbers below λ count 1": 4.45,
            "the numbers are averaged instead of summed": 0.56,
            "the sum is missing": [0.95, 0.45, 0.45, 0.45, 0.5],
            "the largest number alone is taken": 0.95,
            "the numbers are counted instead of summed": 2,
            "λ is converted from bits: it comes in nats": 2.38575,
            "λ is always 0.5": 2.95,
            "λ is shared among the numbers": 1.84,
            "the sign is wrong": -2.8,
        },
    )
    # BEGIN HIDDEN TESTS
    rng = np.random.default_rng(3)
    for kl, lam, case in (
        (rng.uniform(0, 2, size=20), 1.0, "a longer code"),
        (rng.uniform(0, 2, size=20), 1.0, "the same λ and as many numbers, other values"),
        ([0.4], 0.9, "a code of one number"),
        ([130, 0.5, 75, 210], 90.0, "many nats"),
        ([0.01, 0.02, 0.0], 0.25, "all numbers are silent"),
        ([3, 0.2, 2], 0.0, "nothing is free"),
        ([3, 1, 2], 1.0, "a number at its limit"),
        ([80, 0.5, 12], 1.0, "many nats"),
    ):
        kl = np.array(kl, dtype="float32")
        got = call(name, free_bits, kl, lam, case=case)
        right = sum(lam if k < lam else k for k in kl.tolist())
        always = {"λ is always 0.45": sum(max(k, 0.45) for k in kl.tolist())}
        check_close(name, got, right, mistakes=always, case=case)

    case = "slopes"
    for kl, expected in (([1.4, 0.05, 0.6, 0.2], [1, 0, 1, 0]), ([0.1, 0.25, 0.05], [0, 0, 0])):
        slopes = []
        for step in 0.02 * np.eye(len(kl)):
            ends = [(kl + sign * step).astype("float32") for sign in (-1, 1)]
            low, high = (call(name, free_bits, end, 0.3, case=case) for end in ends)
            slopes.append((np.asarray(high, dtype=float) - np.asarray(low, dtype=float)) / 0.04)
        problem = "the slope is not 0 below λ and 1 above it."
        same = np.shape(slopes) == np.shape(expected)
        same = same and np.allclose(slopes, expected, atol=1e-3)
        check_true(name, same, problem, case=case)
    # END HIDDEN TESTS

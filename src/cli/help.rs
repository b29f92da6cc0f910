//! What `--help` says below the options: examples, and what words mean.

/// Of the program.
pub const PROGRAM: &str = "\
DATA is moons, moons-full-half, mnist (a part of it), emoji, emoji-16, iris, wine, two-moons, ring, spiral, bumps, wordnet10, wordnet-sentences, a folder of pictures or of idx files, or a table (.csv, .tsv);
codes:FILE.csv for rows that are codes.
MODEL is a .safetensors file saved by halfmoon, or an embedded one: mnist-vae, mnist-ae, mnist-cvae, mnist-vae-10d, mnist-deep-2d, mnist-deep-30d,
mnist-conv-vae, made-digits, rbm-digits, gan-ring, emoji-256, emoji-conv-vae, emoji-pixel-rnn, moons-vae, moons-ae, full-half-vae, full-half-ae, wordnet-ae, wordnet-vae, sentences-vae,
sentences-ae, sentences-dcnn.

Examples:
  halfmoon                                          the window, on the embedded digits
  halfmoon --model moons-vae --data moons           the window, on drawn moons
  halfmoon train --data mnist --kind vae --out vae.safetensors
  halfmoon grid --model mnist-vae --out grid.png

Exit status: 0 done, 1 something could not be done, 2 the command line itself is at fault. Nothing is left half-written.
RUST_LOG=halfmoon=info says what goes on.";

/// Of `train`.
pub const TRAIN: &str = "\
DATA is moons, moons-full-half, mnist (a part of it), emoji, emoji-16, iris, wine, two-moons, ring, spiral, bumps, wordnet10, wordnet-sentences, a folder of pictures or of idx files, or a table (.csv, .tsv);
codes:FILE.csv for rows that are codes.

halfmoon train --kind help lists every kind of model, and every setting for --set with its default.

Examples:
  halfmoon train --data mnist --kind pca --latent-dim 30 --out pca.safetensors
  halfmoon train --data mnist --kind ae --set code_l2=0.01 --out ae.safetensors
  halfmoon train --data FOLDER --kind cvae --hidden 512,256 --epochs 20 --seed 1 --out cvae.safetensors
  halfmoon train --data FOLDER --resume cvae.safetensors --epochs 40 --out cvae.safetensors
  halfmoon train --data wine --kind vae --out wine.safetensors --losses losses.csv

The last line of standard output with --report json:
  kind, parameters, epochs, steps, seconds, steps_per_s, threads, train{loss, reconstruction, kl, squared_error}, test{…}
Losses are sums over pixels (columns, scaled), means over images (rows), in nats. The same seed gives the same bytes on any number of threads.";

/// Of `script`.
pub const SCRIPT: &str = "\
Every kind that is trained by gradients, with the settings of `train`; halfmoon train --kind help lists them.

Examples:
  halfmoon script --data mnist --kind vae --latent-dim 10 --epochs 100 --out train.py
  pip install torch numpy safetensors
  python train.py                            on CUDA, on Apple's GPU, or on the processor
  torchrun --nproc-per-node 4 train.py       as many processes, which share out each batch
  halfmoon --model train.safetensors         what came of it

train.py trains the same network with the same settings and prints the same terms; train.npz beside it holds the data. What it saves is a model
file like any other. Its random numbers are PyTorch's, so that losses agree as those of two seeds do.";

/// Of `eval`.
pub const EVAL: &str = "\
Examples:
  halfmoon eval --model mnist-vae --data mnist
  halfmoon eval --model vae.safetensors --data FOLDER --split test --report json
  halfmoon eval --model mnist-vae --data mnist --split test --samples 100

Losses are sums over pixels, means over images, in nats; noise is drawn alike for every model.";

/// Of `inspect`.
pub const INSPECT: &str = "\
Examples:
  halfmoon inspect FOLDER
  halfmoon inspect wines.csv --set data.label=cultivar
  halfmoon inspect vae.safetensors --report json

Notes say what was understood beyond what the samples show, and what was left aside.";

/// Of `encode`.
pub const ENCODE: &str = "\
Examples:
  halfmoon encode --model mnist-vae --data mnist --split test --out codes.csv
  halfmoon encode --model mnist-vae --data mnist --split all --out codes.npz
  halfmoon encode --model mnist-vae --data mnist --split all --format projector --out projector

A .csv holds index (in its split), split (where both are written), label and name (where known), z0, z1, …, and with --log-var log_var0, log_var1, …;
it opens again as codes. A .npy holds the means of the codes alone, [n, latent_dim], in f32; a .npz the arrays z, log_var, label (a number of label_names),
name, split and index. A folder for the Embedding Projector holds tensors.tsv, metadata.tsv, sprite.png (where samples are pictures) and its configuration.";

/// Of `export`.
pub const EXPORT: &str = "\
Examples:
  halfmoon export --model mnist-vae --out mnist-vae.onnx
  halfmoon export --model vae.safetensors --part decoder --out decoder.onnx

Inputs and outputs: x and x_hat [batch, channels, height, width] for images, else [batch, features], in the data's own units; z and log_var
[batch, latent_dim]; label [batch, classes], one-hot, where the model is told one. With --part all, x_hat is decoded from z, the mean of the code.";

/// Of `decode`.
pub const DECODE: &str = "\
Examples:
  halfmoon decode --model mnist-vae --z 0.5,-1.2 --out digit.png
  halfmoon decode --model mnist-cvae --z 0,0 --label 3 --out three.png
  halfmoon decode --model mnist-cvae --z 0,0 --label all --out every-label.png
  halfmoon decode --model wine.safetensors --z 0.5,-1 --out x.csv
  halfmoon decode --model sentences.safetensors --z 0.5,-1 --beam 5
  halfmoon decode --model sentences.safetensors --z 0.5,-1 --first \"the cat\" --temperature 0.8 --seed 1

A model of sentences writes to standard output, or to --out FILE.txt: always the likeliest word next, unless --beam or --temperature say otherwise.";

/// Of `grid`.
pub const GRID: &str = "\
Examples:
  halfmoon grid --model mnist-vae --range -3:3 --steps 20 --spacing gaussian --out grid.png
  halfmoon grid --model mnist-vae-10d --dims 2,6 --z 0,0,0,0,0,0,0,0,0,0 --out slice.png

The window copies the command of the grid that it shows.";

/// Of `plane`.
pub const PLANE: &str = "\
Examples:
  halfmoon plane --model mnist-vae --data mnist --out plane.svg
  halfmoon plane --model mnist-vae --title VAE --model mnist-deep-2d --title 'Deep AE' --data mnist --width 17 --out planes.png
  halfmoon plane --model moons-vae --data moons --colour-by phase --no-rings --theme dark --out moons.png

The window copies the command of the plane that it shows.";

/// Of `traverse`.
pub const TRAVERSE: &str = "\
Examples:
  halfmoon traverse --model mnist-vae-10d --out dimensions.svg
  halfmoon traverse --model mnist-vae-10d --dims 2,6 --steps 11 --width 12 --dpi 600 --out two.png";

/// Of `curves`.
pub const CURVES: &str = "\
Examples:
  halfmoon curves --model first.safetensors --out curves.svg
  halfmoon curves --model a.safetensors --title 'β .1' --model b.safetensors --title 'β 10' --out both.svg";

/// Of `divergences`.
pub const DIVERGENCES: &str = "\
Examples:
  halfmoon divergences --out kl.svg
  halfmoon divergences --bump .7,-2,.5 --bump .3,2,.8 --q 0,1.5 --descends reverse --width 17 --out both-ways.png
  halfmoon divergences --page bound --turns qpqp --out bound.svg
  halfmoon divergences --page gradients --draws 5000 --seed 1 --theme dark --out gradients.svg

It needs no model and no data. The window copies the command of the figure that it shows.";

/// Of `interpolate`.
pub const INTERPOLATE: &str = "\
DATA is moons, moons-full-half, mnist (a part of it), emoji, emoji-16, iris, wine, two-moons, ring, spiral, bumps, wordnet10, wordnet-sentences, a folder of pictures or of idx files, or a table (.csv, .tsv);
codes:FILE.csv for rows that are codes.

Examples:
  halfmoon interpolate --model full-half-vae --data moons-full-half --from 1 --to 0 --out full-to-half.gif
  halfmoon interpolate --model mnist-vae --from-z -2,1 --to-z 1.5,0 --steps 16 --path slerp --out walk.png
  halfmoon interpolate --model mnist-vae --data mnist --from 3 --to 8 --path knn --out along.png
  halfmoon interpolate --model sentences.safetensors --data wordnet-sentences --from 3 --to 8 --beam 5

The ends are decoded exactly as `decode` would. slerp keeps the length of z between those of the ends; knn goes from code to code of the training
samples of --data, each among the next one's nearest; geodesic goes where the decoded picture changes least. A model of sentences writes a line a step to
standard output, or to --out FILE.txt.";

/// Of `chain`.
pub const CHAIN: &str = "\
Examples:
  halfmoon chain --model rbm.safetensors --data mnist --sample 5 --out dream.gif
  halfmoon chain --model rbm.safetensors --data mnist --tiles 20 --every 100 --scale 2 --out dream.png

The first picture is the sample; each further one is P(v | h) after --every more steps of the chain: h drawn from P(h | v), then v from P(v | h).";

/// Of `find`.
pub const FIND: &str = "\
Examples:
  halfmoon find --model mnist-vae --data mnist --sample 5
  halfmoon find --model mnist-vae --data mnist --image seven.png --by code --by input -k 20
  halfmoon find --model nouns.safetensors --data wordnet10 --text \"the moon of a planet\" --metric cosine --precision

A list for each --by: rank, index, distance, class, name. Distances are exact; documents and sentences by tf·idf of unit length. Precision at k is the share of the k
nearest training samples that are of the query's class, the mean over all test samples. With --report json: metric, lists[{by, title, found[{rank,
index, distance, class, caption}], precision[{k, precision}], queries}].";

/// Of `complete`.
pub const COMPLETE: &str = "\
Examples:
  halfmoon train    --data mnist --kind made --epochs 20 --out made.safetensors
  halfmoon complete --model made.safetensors --data mnist --sample 3 --given 10 --out ending.png --scale 8
  halfmoon complete --model made.safetensors --data mnist --sample 3 --given 5 --endings 8 --seed 1 --out eight.png

Each pixel is drawn with its probability given those before it, in the model's order. Nats are −ln p of the drawn ending and of the sample's own, both given the
same rows. With --report json: sample, given, neg_log_p (of the whole sample), endings[{seed, drawn, nats, true_nats, share_off, log_p (a pixel, in the order)}].";

/// Of `outliers`.
pub const OUTLIERS: &str = "\
Examples:
  halfmoon outliers --model mnist-vae --data mnist --by reconstruction
  halfmoon outliers --model mnist-vae --data mnist --by rarity -k 20 --out rare.csv
  halfmoon outliers --data wine --by neighbours --report json
  halfmoon outliers --data stackloss.csv --by cook --column stackloss
  halfmoon outliers --data wine --by cook --column proline --split train --out fit.svg
  halfmoon outliers --model mnist-vae --data mnist --by cook --column slant --on codes

Neighbours are exact, the mean of √Σ(a − b)² to the k nearest; rarity is n log₁₀(r / median r) with r the distance to the k-th nearest code in n dimensions.
By cook a column is fitted by least squares with an intercept, over both splits unless one is chosen; D = r² h / (p s² (1 − h)²), h the leverage.
With --report json: by, title, samples, notes, outliers[{rank, index, split, class, caption, and what was measured}], regression{column, intercept, slopes,
coefficients, s2}. --out holds all samples, the most outlying first; as .svg or .png the fit with and without --sample, and residuals against leverage.";

/// Of `study`.
pub const STUDY: &str = "\
Examples:
  halfmoon study halfway                    what AE and VAE decode halfway between a full and a half moon
  halfmoon study labels --data FOLDER       whether samples of the prior of a cvae show the label they were told
  halfmoon study linear                     whether a linear autoencoder learns the plane of PCA
  halfmoon study deep --data FOLDER         PCA against a deep autoencoder at 2 and 30 dimensions
  halfmoon study denoising                  plain, denoising and marginalised autoencoders on corrupted images
  halfmoon study contraction                how far codes move under noise, with the contractive penalty and without
  halfmoon study sigma                      what becomes of a VAE's σ with the KL term off
  halfmoon study mixtures                   ln p(x) of unseen digits under mixtures of Gaussians, and under a VAE
  halfmoon study words                      codes of documents by AE, VAE and LSA, at 2 and 10 dimensions
  halfmoon study pretraining                a deep autoencoder begun as Boltzmann machines, as autoencoders, or at once
  halfmoon study search                     what is found by pixels, by PCA, and by the codes of an autoencoder
  halfmoon study completion                 how far drawn endings of digits lie from the true ones, with 0, 5 and 10 rows given
  halfmoon study divergences                where descents of KL(p‖q), KL(q‖p) and JS end, and how two estimators of a gradient scatter
  halfmoon study sentences                  how many words of a sentence its code gives back, by the sentence's length
  halfmoon study labels-known --out e.svg   errors with few labels, with and without pre-training, as curves too

Each trains with --seeds seeds and shows mean and spread; minutes on two cores, less with --seeds 1.";

/// Of `bench`.
pub const BENCH: &str = "\
Measured: the machine's peak, as a matrix product within the cache of each core; training of a VAE 784-512-256-2 (w1) and of an AE 784-1000-500-250-2 (w2),
batch 128, Adam, and the share of the peak that their products reach; decoding 400 codes and one with w1's decoder (w4); and a step of an adversarial network on points (w6).
Medians. With --report json: threads, peak_gflops, w1 and w2{steps_per_s, share_of_peak}, w4{latency_us_400, latency_us_1}, w6{steps_per_s}.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_model_is_named() {
        let named: Vec<&str> = PROGRAM.split([' ', '\n', ',', '.', ':']).collect();
        for model in &crate::store::EMBEDDED {
            assert!(named.contains(&model.name), "{}", model.name);
        }
    }
}

// A sweep in parts: planned once, worked on by several processes, put together at the end.
//
//   nextflow run main.nf
//   nextflow run main.nf --model /path/of/my-cell.toml --ask fragility --parts 8 --out fragility
//
// Each part works in a folder of its own, to which it takes the plan; the model is in it.

params.model = 'red-blood-cell'
params.ask = "--vary 'Pf=20..400 um/s log 200' --vary 'bath.osmolarity=50..290 mOsm 25'"
params.parts = 4
params.out = 'sweep'

process PLAN {
    input:
    val model
    val ask

    output:
    path 'plan.json'

    script:
    """
    osmocyte sweep plan ${model} ${ask} -o planned --quiet
    mv planned/plan.json plan.json
    """
}

// A point that failed is a row with a reason, and no reason to fail: hence --failed-ok.
process PART {
    cpus 1
    errorStrategy 'retry'
    maxRetries 2

    input:
    path 'plan.json'
    val k
    val parts

    output:
    path "part-${k}"

    script:
    """
    mkdir part-${k}
    cp plan.json part-${k}/plan.json
    osmocyte sweep run part-${k} --shard ${k}/${parts} --threads ${task.cpus} --failed-ok --quiet
    """
}

process MERGE {
    publishDir params.out, mode: 'copy'

    input:
    path folders

    output:
    path 'rows.csv'
    path 'rows.csv-metadata.json'

    script:
    """
    osmocyte sweep merge part-* -o rows.csv --failed-ok --quiet
    """
}

workflow {
    plan = PLAN(params.model, params.ask)
    folders = PART(plan, channel.of(1..(params.parts as Integer)), params.parts)
    MERGE(folders.collect())
}
